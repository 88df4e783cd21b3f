using Clip.Shared;

namespace Clip.Models;

/// <summary>An image tower and a text tower that embed into one space, where matching pairs have high cosine similarity.</summary>
/// <remarks>
/// <para>Maps normalized pixels [N, 3, H, W] and token ids [M, L] to logits [N, M]: rows are images, columns are texts.</para>
/// <para>
/// Inference is safe from several threads at once; training, moving and loading are not. Disposal waits for the passes that run, and
/// those that come later throw <see cref="ObjectDisposedException"/>. Tensors that come in are borrowed, and one that goes out belongs to
/// the caller's dispose scope, if there is one.
/// </para>
/// <para>Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", section 2.</para>
/// </remarks>
public sealed partial class DualEncoder : nn.Module<Tensor, Tensor, Tensor>, IDualEncoder, ICaptioner
{
    /// <summary>The largest logit scale; a larger one makes training unstable (Radford et al. 2021, section 2.5).</summary>
    public const double MaxLogitScale = 100;

    private readonly PassGate _gate;
    private readonly Towers _towers;

    [ComponentName(Name = "visual")] private readonly ImageTower _image;
    [ComponentName(Name = "text")] private readonly TextTower _text;
    [ComponentName(Name = "text_decoder")] private readonly CaptionDecoder? _captionDecoder;
    [ComponentName(Name = "logit_scale")] private Parameter _logLogitScale;
    [ComponentName(Name = "logit_bias")] private Parameter? _logitBias;

    /// <summary>Creates a model with freshly initialized weights on the CPU, in float32, as the original code draws them.</summary>
    /// <param name="config">The architecture.</param>
    /// <remarks>Draws from TorchSharp's default generator: <c>torch.manual_seed</c> makes it repeatable.</remarks>
    /// <exception cref="ArgumentException">A value of the config is out of range; the message names its path.</exception>
    public DualEncoder(DualEncoderConfig config)
        : this(Valid(config), TowerCheck.NewWeights())
    {
        Initialize();
    }

    // A tower that is left out has shapes and no memory, and is none of the module's: it is neither filled, moved nor saved.
    internal DualEncoder(DualEncoderConfig config, WeightFactory weights, Towers towers = Towers.Both)
        : base(nameof(DualEncoder))
    {
        Config = config;
        _gate = new PassGate(this);
        _towers = towers;
        if (towers.HasFlag(Towers.Image))
            _image = CreateImage(weights);
        if (towers.HasFlag(Towers.Text))
            _text = CreateText(weights);
        if (config.CaptionDecoder is { } decoder && towers == Towers.Both)
            _captionDecoder = new CaptionDecoder(decoder, decoder.VocabularySize ?? config.Text.VocabularySize, weights);
        _logLogitScale = weights.Sensitive();
        if (config.InitialLogitBias is not null)
            _logitBias = weights.Sensitive();
        RegisterComponents();
        var outline = new WeightFactory(weights.DType, META);
        _image ??= CreateImage(outline);
        _text ??= CreateText(outline);
        _image.Share(_gate);
        _text.Share(_gate);

        ImageTower CreateImage(WeightFactory factory) => config.Image.Family.Create(config.Image, config.EmbeddingSize, factory);

        TextTower CreateText(WeightFactory factory) => config.Text.Family.Create(config.Text, config.EmbeddingSize, factory);
    }

    /// <summary>The architecture.</summary>
    public DualEncoderConfig Config { get; }

    /// <summary>The image tower; it can be used alone, and is disposed with the model.</summary>
    public ImageTower Image => _image;

    /// <summary>The text tower; it can be used alone, and is disposed with the model.</summary>
    public TextTower Text => _text;

    IImageEncoder IDualEncoder.Image => _image;

    ITextEncoder IDualEncoder.Text => _text;

    /// <summary>Embeds images.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W], of any floating-point dtype and on any device.</param>
    /// <param name="normalize">Whether the embeddings get unit length.</param>
    /// <returns>Embeddings [N, E].</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public Tensor EncodeImages(Tensor pixels, bool normalize = false) => Similarity.Encode(_image.call, pixels, normalize);

    /// <summary>Embeds texts.</summary>
    /// <param name="tokens">Token ids [N, L], integers, padded after the end token.</param>
    /// <param name="normalize">Whether the embeddings get unit length.</param>
    /// <returns>Embeddings [N, E].</returns>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> has another shape or dtype, or an id beyond the vocabulary.</exception>
    public Tensor EncodeTexts(Tensor tokens, bool normalize = false) => Similarity.Encode(_text.call, tokens, normalize);

    /// <summary>Scaled cosine similarities of every image with every text, plus the bias of models that have one.</summary>
    /// <param name="images">Image embeddings [N, E], of any length.</param>
    /// <param name="texts">Text embeddings [M, E], of any length.</param>
    /// <returns>
    /// Logits [N, M]: rows are images, columns are texts. A softmax over a row compares texts; for SigLIP models a
    /// sigmoid judges each pair alone.
    /// </returns>
    public Tensor GetLogits(Tensor images, Tensor texts)
    {
        using var pass = _gate.Enter();
        return Similarity.GetLogits(images, texts, _logLogitScale, _logitBias);
    }

    /// <summary>Logits of every image with every text.</summary>
    /// <param name="pixels">Normalized pixels [N, 3, H, W].</param>
    /// <param name="tokens">Token ids [M, L].</param>
    /// <returns>Logits [N, M]: rows are images, columns are texts.</returns>
    public override Tensor forward(Tensor pixels, Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return GetLogits(EncodeImages(pixels), EncodeTexts(tokens)).MoveToOuterDisposeScope();
    }

    /// <summary>The multiplier on cosine similarities, through which gradients reach its stored logarithm.</summary>
    /// <returns>A scalar.</returns>
    public Tensor GetLogitScale()
    {
        using var pass = _gate.Enter();
        return _logLogitScale.exp();
    }

    /// <summary>What is added to every logit, through which gradients reach it; null for models without.</summary>
    /// <returns>A scalar, or null.</returns>
    public Tensor? GetLogitBias()
    {
        using var pass = _gate.Enter();
        return _logitBias?.alias();
    }

    /// <summary>Brings the logit scale back into 1 to <see cref="MaxLogitScale"/>, as is done after each training step.</summary>
    /// <remarks>Source: Radford et al. 2021, section 2.5; the lower end is open_clip's.</remarks>
    public void ClampLogitScale()
    {
        using var noGradients = no_grad();
        _logLogitScale.ClampInPlace(0, Math.Log(MaxLogitScale));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The encoder that has taken the weights over disposes what is left.
        if (disposing && _isTakenOver)
            return;
        if (disposing)
        {
            _gate.Close();
            _trainingKernels?.Dispose();
            // A tower that was left out is none of the module's.
            if (!_towers.HasFlag(Towers.Image))
                _image.Dispose();
            if (!_towers.HasFlag(Towers.Text))
                _text.Dispose();
        }
        base.Dispose(disposing);
    }

    private static DualEncoderConfig Valid(DualEncoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return config;
    }

    private void Initialize()
    {
        _image.Initialize();
        _text.Initialize();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _captionDecoder?.Initialize();
        _logLogitScale.Initialize(Config.InitialLogitScale);
        if (_logitBias is not null)
            _logitBias.Initialize(Config.InitialLogitBias!.Value);
    }
}
