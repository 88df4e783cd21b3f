using System.Diagnostics;
using System.Runtime.CompilerServices;
using Clip.Embedding;

namespace Clip;

public sealed partial class ClipModel
{
    /// <summary>Embeds texts.</summary>
    /// <param name="texts">The texts, in any number; equal ones are computed once.</param>
    /// <param name="progress">Told after some thousand texts.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>One row of <see cref="EmbeddingSize"/> elements and of unit length per text, in their order.</returns>
    /// <exception cref="ArgumentException">
    /// A text is null, or longer than the context where <see cref="ClipModelOptions.TextOverflow"/> does not allow that.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model came without a vocabulary, or was loaded without its text tower; the message says what to do.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public float[][] EmbedTexts(IEnumerable<string> texts, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequireAlive();
        int? total = texts.TryGetNonEnumeratedCount(out var count) ? count : null;
        var rows = new List<float[]>(total ?? 0);
        var watch = Stopwatch.StartNew();
        foreach (var chunk in texts.Chunk(TextEmbedder.ChunkSize))
        {
            rows.AddRange(_textEmbedder.EmbedAsync(chunk, Tokenizer, cancellationToken).GetAwaiter().GetResult());
            progress?.Report(new EmbeddingProgress(rows.Count, total, rows.Count / watch.Elapsed.TotalSeconds));
        }
        return [.. rows];
    }

    /// <summary>Embeds one text.</summary>
    /// <inheritdoc cref="EmbedTexts" path="/remarks | /exception"/>
    /// <param name="text">The text.</param>
    /// <returns><see cref="EmbeddingSize"/> elements, of unit length.</returns>
    public float[] EmbedText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EmbedTexts([text])[0];
    }

    /// <summary>Embeds a stream of texts, of any length in bounded memory.</summary>
    /// <inheritdoc cref="EmbedTexts" path="/remarks | /exception"/>
    /// <param name="texts">The texts; they are asked for in chunks of some thousand.</param>
    /// <param name="cancellationToken">Ends the work between batches.</param>
    /// <returns>One result per text, in their order.</returns>
    public IAsyncEnumerable<TextEmbedding> EmbedTextsAsync(IAsyncEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        RequireAlive();
        return EmbedChunksAsync(texts, cancellationToken);
    }

    private async IAsyncEnumerable<TextEmbedding> EmbedChunksAsync(
        IAsyncEnumerable<string> texts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var index = 0L;
        await foreach (var chunk in texts.Chunk(TextEmbedder.ChunkSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var rows = await _textEmbedder.EmbedAsync(chunk, Tokenizer, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < chunk.Length; i++)
                yield return new TextEmbedding(index++, chunk[i], rows[i]);
        }
    }
}
