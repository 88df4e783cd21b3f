using System.Runtime.CompilerServices;
using Clip.Embedding;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip;

public sealed partial class ClipModel
{
    // Every step of a search reads all weights of the decoder: several images share that.
    private const int ImagesPerSearch = 8;

    private const int UsualCaptionLength = 30;

    /// <summary>Whether the model writes captions: it has a decoder for that, as CoCa's have, and a vocabulary.</summary>
    public bool CanCaption => HasTokenizer && Network is ICaptioner { CanCaption: true };

    /// <summary>Writes a caption of an image.</summary>
    /// <param name="image">A file, encoded bytes, a stream or pixels.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between tokens.</param>
    /// <returns>The caption, in the lower case of the model's vocabulary.</returns>
    /// <remarks>Source: Yu et al. 2022, "CoCa: Contrastive Captioners are Image-Text Foundation Models".</remarks>
    /// <exception cref="NotSupportedException">The model has no decoder for captions.</exception>
    /// <exception cref="InvalidOperationException">The model came without a vocabulary; the message says what to do.</exception>
    /// <exception cref="ArgumentException">An option is out of range, or the prompt too long.</exception>
    /// <exception cref="Preprocessing.ImageDecodingException">The image cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public string Caption(ImageSource image, CaptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        RequireAlive();
        string? caption = null;
        CreateCaptioner(options, cancellationToken).Embed(
            [image], (batch, rows) => caption = batch.Error(0) is { } error ? throw error : ReadCaption(rows[0]), cancellationToken);
        return caption!;
    }

    /// <summary>Writes captions of a stream of images, of any length in bounded memory.</summary>
    /// <param name="images">The images; they are asked for a few batches ahead.</param>
    /// <param name="options">How to write them; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between tokens.</param>
    /// <returns>One caption per image, in their order. An unreadable image has an <see cref="ImageCaption.Error"/> and ends nothing.</returns>
    /// <inheritdoc cref="Caption" path="/remarks | /exception"/>
    public IAsyncEnumerable<ImageCaption> CaptionAsync(
        IAsyncEnumerable<ImageSource> images, CaptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        RequireAlive();
        return ReadCaptionsAsync(CreateCaptioner(options, cancellationToken).EmbedAsync(images, cancellationToken), cancellationToken);
    }

    private async IAsyncEnumerable<ImageCaption> ReadCaptionsAsync(
        IAsyncEnumerable<ImageEmbedding> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return new ImageCaption(row.Index, row.Name, row.Error is null ? ReadCaption(row.Vector) : null, row.Error);
    }

    // The pipeline of embeddings, whose rows here are ids: exact in float32, for vocabularies are smaller than its 2^24 whole numbers.
    private ImageEmbedder CreateCaptioner(CaptionOptions? options, CancellationToken cancellationToken)
    {
        var network = Network as ICaptioner ?? throw new NotSupportedException("The network writes no captions.");
        if (!network.CanCaption)
            throw new NotSupportedException($"'{Card.Source}' has no decoder, which alone writes captions: load a CoCa, such as coca_ViT-L-14.");
        options ??= new CaptionOptions();
        var search = CreateSearch(options);
        var prompt = CreatePrompt(options.Prompt);
        var first = 0L;
        return new ImageEmbedder(Write, _thread, _pixels, ImagesPerSearch, Environment.ProcessorCount, oneByOne: false);

        // Passes run one after another.
        Tensor Write(Tensor pixels)
        {
            var captions = network.GenerateCaptions(pixels, search with { Sampling = search.Sampling?.From(first) }, prompt, cancellationToken);
            first += captions.Count;
            var rows = captions.SelectMany(caption => caption.Concat(Enumerable.Repeat(NoToken, search.MaxLength - caption.Length)));
            return tensor(rows.Select(id => (float)id).ToArray()).view(captions.Count, search.MaxLength);
        }
    }

    private const long NoToken = -1;

    private CaptionSearch CreateSearch(CaptionOptions options)
    {
        var tokenizer = Tokenizer;
        return new CaptionSearch
        {
            Beams = options.Beams,
            MaxLength = options.MaxLength ?? Math.Min(UsualCaptionLength, Card.Config.CaptionDecoder!.ContextLength),
            MinLength = options.MinLength,
            RepetitionPenalty = options.RepetitionPenalty,
            LengthPenalty = options.LengthPenalty,
            Sampling = options.Sampling,
            StartTokenId = tokenizer.StartTokenId ?? throw new NotSupportedException($"The vocabulary of '{Card.Source}' has no token that captions begin with."),
            EndTokenId = tokenizer.EndTokenId,
        };
    }

    private long[]? CreatePrompt(string? prompt)
    {
        if (prompt is null)
            return null;
        var ids = Tokenizer.Tokenize(prompt);
        return ids[..Array.IndexOf(ids, Tokenizer.EndTokenId)];
    }

    private string ReadCaption(float[] row)
    {
        var ids = row.Select(id => (int)id).Skip(1).TakeWhile(id => id != NoToken && id != Tokenizer.EndTokenId);
        return Tokenizer.Decode(ids.Where(id => id != Tokenizer.StartTokenId)).Trim();
    }
}
