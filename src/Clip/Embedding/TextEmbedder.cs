using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Models;
using Clip.Tokenization;

namespace Clip.Embedding;

/// <summary>Texts to embeddings: each distinct text once, those of similar length together, nothing computed behind the end token.</summary>
/// <param name="network">The network.</param>
/// <param name="thread">The thread that runs it.</param>
/// <param name="tokensPerPass">Tokens in one pass.</param>
/// <param name="oneByOne">Whether each text passes the network alone.</param>
internal sealed class TextEmbedder(IDualEncoder network, NetworkThread thread, int tokensPerPass, bool oneByOne)
{
    /// <summary>Texts that are sorted by length together: enough for even batches, few enough to keep memory small.</summary>
    public const int ChunkSize = 4096;

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">At most <see cref="ChunkSize"/> texts.</param>
    /// <param name="tokenizer">Texts to token ids.</param>
    /// <param name="cancellationToken">Ends the work between passes.</param>
    /// <returns>Unit rows in the order of the texts.</returns>
    public async Task<float[][]> EmbedAsync(IReadOnlyList<string> texts, ContextTokenizer tokenizer, CancellationToken cancellationToken)
    {
        var distinct = new Dictionary<string, int>(texts.Count, StringComparer.Ordinal);
        for (var i = 0; i < texts.Count; i++)
            distinct.TryAdd(texts[i] ?? throw new ArgumentException($"texts[{i}] is null.", nameof(texts)), distinct.Count);

        var unique = distinct.Count == texts.Count ? texts : [.. distinct.Keys];
        var rows = tokenizer.Overflow == TokenOverflow.Windows
            ? await EmbedWindowsAsync(tokenizer.TokenizeWindows(unique, cancellationToken), cancellationToken).ConfigureAwait(false)
            : await EmbedRowsAsync(Tokenize(unique, tokenizer, cancellationToken), unique.Count, tokenizer.ContextLength, cancellationToken).ConfigureAwait(false);
        if (distinct.Count == texts.Count)
            return rows;

        var taken = new bool[rows.Length];
        return [.. texts.Select(text => Take(distinct[text]))];

        // Rows belong to the caller, who may change them: equal texts get rows of their own.
        float[] Take(int row)
        {
            if (taken[row])
                return [.. rows[row]];
            taken[row] = true;
            return rows[row];
        }
    }

    private static long[] Tokenize(IReadOnlyList<string> texts, ContextTokenizer tokenizer, CancellationToken cancellationToken)
    {
        var ids = new long[texts.Count * tokenizer.ContextLength];
        tokenizer.Tokenize(texts, ids.AsMemory(), cancellationToken);
        return ids;
    }

    // A long text is the mean of its windows, each of unit length.
    private async Task<float[][]> EmbedWindowsAsync(TokenWindows windows, CancellationToken cancellationToken)
    {
        var rows = await EmbedRowsAsync(windows.Ids.ToArray(), windows.Rows, windows.ContextLength, cancellationToken).ConfigureAwait(false);
        var texts = new float[windows.Texts][];
        for (var text = 0; text < texts.Length; text++)
        {
            var own = rows[windows.RowsOf(text)];
            texts[text] = own[0];
            if (own.Length == 1)
                continue;
            foreach (var row in own.AsSpan(1))
                TensorPrimitives.Add(texts[text], row, texts[text]);
            TensorPrimitives.Divide(texts[text], TensorPrimitives.Norm<float>(texts[text]), texts[text]);
        }
        return texts;
    }

    private async Task<float[][]> EmbedRowsAsync(long[] ids, int count, int contextLength, CancellationToken cancellationToken)
    {
        var embeddings = new float[count][];
        var running = new Queue<(TextBatch Batch, Task<float[][]> Rows)>();
        try
        {
            foreach (var batch in Plan(ids, count, contextLength))
            {
                cancellationToken.ThrowIfCancellationRequested();
                running.Enqueue((batch, thread.RunAsync(() => Compute(ids, batch, contextLength))));
                if (running.Count > thread.Depth)
                    await TakeAsync().ConfigureAwait(false);
            }
            while (running.Count > 0)
                await TakeAsync().ConfigureAwait(false);
            return embeddings;
        }
        finally
        {
            // After an error nobody takes these rows. It is the first error that the caller gets.
            await ((Task)Task.WhenAll(running.Select(pass => pass.Rows))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task TakeAsync()
        {
            var (batch, rows) = running.Dequeue();
            foreach (var (place, row) in batch.Rows.Zip(await rows.ConfigureAwait(false)))
                embeddings[place] = row;
        }
    }

    private IEnumerable<TextBatch> Plan(long[] ids, int count, int contextLength)
    {
        var config = network.Config.Text;
        var lengths = new int[count];
        var order = new int[count];
        for (var row = 0; row < count; row++)
        {
            order[row] = row;
            lengths[row] = config.CountTokens(ids.AsSpan(row * contextLength, contextLength));
        }
        Array.Sort(lengths, order);

        for (var first = 0; first < count;)
        {
            var end = first + 1;
            while (!oneByOne && end < count && (end - first + 1) * lengths[end] <= tokensPerPass)
                end++;
            yield return new TextBatch(new ArraySegment<int>(order, first, end - first), lengths[end - 1]);
            first = end;
        }
    }

    private Tensor Compute(long[] ids, TextBatch batch, int contextLength)
    {
        var tokens = empty([batch.Rows.Count, batch.Length], ScalarType.Int64, CPU);
        var rows = MemoryMarshal.Cast<byte, long>(tokens.bytes);
        for (var i = 0; i < batch.Rows.Count; i++)
            ids.AsSpan(batch.Rows[i] * contextLength, batch.Length).CopyTo(rows.Slice(i * batch.Length, batch.Length));
        return EmbeddingRows.ToUnitLength(network.EncodeTexts(tokens));
    }
}
