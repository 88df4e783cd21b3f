using Clip.Embedding;
using Clip.Models;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Tokenization;

namespace Clip;

/// <summary>CLIP as one thing: a checkpoint with its tokenizer and its preprocessing. Images and texts in, embeddings out.</summary>
/// <remarks>
/// <para>
/// Safe for use by several threads at once: they get the same embeddings as one. Passes of the network run one after another
/// on a thread of their own, each on all processors; decoding runs beside them.
/// </para>
/// <para>Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision".</para>
/// </remarks>
public sealed partial class ClipModel : IDisposable
{
    private readonly ContextTokenizer? _tokenizer;
    private readonly NetworkThread _thread;
    private readonly PixelMemory _pixels;
    private readonly ImageEmbedder _imageEmbedder;
    private readonly ImageEmbedder _imageFeatures;
    private readonly TextEmbedder _textEmbedder;
    private readonly Once<string> _weightsHash;
    private int _isDisposed;

    private ClipModel(IDualEncoder network, ModelCard card, ContextTokenizer? tokenizer, ComputeTarget target, ClipModelOptions options)
    {
        Network = network;
        Card = card;
        Target = target;
        Towers = options.Towers;
        _tokenizer = tokenizer;
        _weightsHash = new(token => WeightsHash.Compute(card.WeightsPath, token));
        Preprocessor = new ImagePreprocessor(card.Preprocessing, options.Images);
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            LogitScale = network.GetLogitScale().to(ScalarType.Float32).item<float>();
            LogitBias = network.GetLogitBias()?.to(ScalarType.Float32).item<float>();
        }
        var sizes = PassSizes.For(target, network);
        _pixels = PixelMemory.For(target, Preprocessor);
        // Behind what can fail: a model that was not made has no thread.
        _thread = new NetworkThread(sizes.Depth);
        _imageEmbedder = Images(pixels => EmbeddingRows.ToUnitLength(network.EncodeImages(pixels)));
        _imageFeatures = Images(pixels => network.Image.GetFeatures(pixels).to(ScalarType.Float32).alias());
        _textEmbedder = new TextEmbedder(network, _thread, sizes.Tokens, options.BatchInvariant);

        ImageEmbedder Images(Func<Tensor, Tensor> encode) => new(
            encode, _thread, _pixels, options.BatchSize ?? sizes.Images, options.DecodingThreads ?? Environment.ProcessorCount, options.BatchInvariant);
    }

    /// <summary>What belongs to the weights and where they come from.</summary>
    public ModelCard Card { get; }

    /// <summary>
    /// The network, in evaluation mode, for those who want tensors. It is disposed with the model; do not dispose it before. To train or
    /// export it, take <see cref="PlainNetwork"/>.
    /// </summary>
    public IDualEncoder Network { get; }

    /// <summary>The network with its weights as they were in the file, in evaluation mode, to be trained, copied or exported.</summary>
    /// <exception cref="InvalidOperationException">The model was loaded without <see cref="ClipModelOptions.KeepPlainWeights"/>.</exception>
    public DualEncoder PlainNetwork => Network as DualEncoder ?? throw new InvalidOperationException(
        $"The weights are packed for inference: load the model with {nameof(ClipModelOptions)}.{nameof(ClipModelOptions.KeepPlainWeights)}.");

    /// <summary>Images to pixels, as the weights were trained with.</summary>
    public ImagePreprocessor Preprocessor { get; }

    /// <summary>Where the network runs and in which precision.</summary>
    public ComputeTarget Target { get; }

    /// <summary>Which towers were loaded.</summary>
    public Towers Towers { get; }

    /// <summary>Whether the model can embed texts; <see cref="ModelCard.TokenizerProblem"/> says why not.</summary>
    public bool HasTokenizer => _tokenizer is not null;

    /// <summary>Texts to token ids, as the weights were trained with.</summary>
    /// <exception cref="InvalidOperationException">The model came without a vocabulary; the message says what to do.</exception>
    public ContextTokenizer Tokenizer =>
        _tokenizer ?? throw new InvalidOperationException($"'{Card.Source}' cannot embed texts. {Card.TokenizerProblem}");

    /// <summary>Channels of an embedding.</summary>
    public int EmbeddingSize => Card.Config.EmbeddingSize;

    /// <summary>The multiplier that turns cosine similarities into logits, at most 100 in trained models.</summary>
    public float LogitScale { get; }

    /// <summary>
    /// What is added to logits, for models trained with a sigmoid: the probability of a pair is the sigmoid of its logit.
    /// Null for models trained with a softmax over the texts of an image.
    /// </summary>
    public float? LogitBias { get; }

    /// <summary>Runs a pass of the network of one's own, without gradients, after the model's passes that were asked for before.</summary>
    /// <remarks>
    /// The model's own calls run their passes in the same way, one after another on a thread of their own. A pass that runs elsewhere is
    /// right too, but shares the processors with them.
    /// </remarks>
    /// <param name="pass">
    /// Computes rows [N, D] from tensors that it captures, which stay alive until the task has ended; other tensors that it makes are disposed.
    /// It must not wait for other passes of this model.
    /// </param>
    /// <returns>The rows, in float32.</returns>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public Task<float[][]> ComputeAsync(Func<IDualEncoder, Tensor> pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return _thread.RunAsync(() => pass(Network).to(ScalarType.Float32).alias());
    }

    /// <summary>SHA-256 of the weights: of the file, or of the hashes of its shards. Computed once; it tells whether embeddings are comparable.</summary>
    /// <param name="cancellationToken">Ends the reading of the file, and the wait for another caller who reads it.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">The file has gone.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public string GetWeightsHash(CancellationToken cancellationToken = default) => _weightsHash.Get(cancellationToken);

    /// <summary>Releases the network, after the passes that are running, also those of direct calls of <see cref="Network"/>.</summary>
    /// <exception cref="InvalidOperationException">It is called inside of a pass, whose end it would wait for.</exception>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _thread.Dispose();
        _pixels.Dispose();
        try
        {
            Network.Dispose();
        }
        catch
        {
            // Inside of one of its passes it refuses; it can be disposed afterwards.
            Volatile.Write(ref _isDisposed, 0);
            throw;
        }
    }
}
