using System.Runtime.CompilerServices;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>Pictures to embeddings: while the network embeds one batch, the next ones are decoded.</summary>
/// <param name="network">The network.</param>
/// <param name="thread">The thread that runs it.</param>
/// <param name="preprocessor">Pictures to pixels.</param>
/// <param name="batchSize">Pictures in one pass.</param>
/// <param name="decodingThreads">Pictures decoded at the same time.</param>
/// <param name="oneByOne">Whether each picture passes the network alone.</param>
internal sealed class ImageEmbedder(
    DualEncoder network, NetworkThread thread, ImagePreprocessor preprocessor, int batchSize, int decodingThreads, bool oneByOne)
{
    // One batch is embedded, one waits, one is being decoded: memory stays bounded and neither side waits for the other.
    private const int BatchesAhead = 2;

    /// <summary>Embeds pictures in the caller's time.</summary>
    /// <param name="images">The pictures, in any number.</param>
    /// <param name="onBatch">Receives every batch in order, with its unit rows.</param>
    /// <param name="cancellationToken">Ends the work between pictures.</param>
    public void Embed(IEnumerable<ImageSource> images, Action<ImageBatch, float[][]> onBatch, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<ImageBatch>>();
        try
        {
            foreach (var sources in images.Select(Require).Chunk(batchSize))
            {
                ahead.Enqueue(Task.Run(() => Decode(sources, stop.Token), stop.Token));
                if (ahead.Count > BatchesAhead)
                    Next();
            }
            while (ahead.Count > 0)
                Next();
        }
        finally
        {
            Abandon(stop, ahead);
        }

        void Next()
        {
            // Waiting for a task that has not begun runs it here: callers that fill the thread pool do not wait for it in vain.
            using var batch = ahead.Dequeue().GetAwaiter().GetResult();
            onBatch(batch, thread.RunAsync(() => Compute(batch)).GetAwaiter().GetResult());
        }
    }

    /// <summary>Embeds one picture.</summary>
    /// <exception cref="ImageDecodingException">It cannot be read.</exception>
    public float[] Embed(ImageSource image)
    {
        using var batch = Decode([Require(image)], CancellationToken.None);
        if (batch.Error(0) is { } error)
            throw error;
        return thread.RunAsync(() => Compute(batch)).GetAwaiter().GetResult()[0];
    }

    /// <summary>Embeds a stream of pictures.</summary>
    /// <param name="images">The pictures.</param>
    /// <param name="cancellationToken">Ends the work between pictures.</param>
    public async IAsyncEnumerable<ImageEmbedding> EmbedAsync(
        IAsyncEnumerable<ImageSource> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<ImageBatch>>();
        var index = 0L;
        try
        {
            await foreach (var sources in images.Select(Require).Chunk(batchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                ahead.Enqueue(Task.Run(() => Decode(sources, stop.Token), stop.Token));
                if (ahead.Count <= BatchesAhead)
                    continue;
                foreach (var embedding in await NextAsync().ConfigureAwait(false))
                    yield return embedding;
            }
            while (ahead.Count > 0)
            {
                foreach (var embedding in await NextAsync().ConfigureAwait(false))
                    yield return embedding;
            }
        }
        finally
        {
            Abandon(stop, ahead);
        }

        async Task<ImageEmbedding[]> NextAsync()
        {
            using var batch = await ahead.Dequeue().ConfigureAwait(false);
            var rows = await thread.RunAsync(() => Compute(batch)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return [.. rows.Select((row, i) => batch.Error(i) is { } error
                ? new ImageEmbedding(index++, batch.Name(i), error)
                : new ImageEmbedding(index++, batch.Name(i), row))];
        }
    }

    private static ImageSource Require(ImageSource image) => image ?? throw new ArgumentException("A picture is null.", nameof(image));

    private ImageBatch Decode(IReadOnlyList<ImageSource> sources, CancellationToken cancellationToken) =>
        ImageBatch.Decode(sources, preprocessor, decodingThreads, cancellationToken);

    private float[][] Compute(ImageBatch batch)
    {
        if (!oneByOne || batch.Count == 1)
            return EmbeddingRows.ToUnitRows(network.EncodeImages(batch.Pixels), batch.Count);

        var rows = new float[batch.Count][];
        for (var row = 0; row < rows.Length; row++)
        {
            using var scope = NewDisposeScope();
            rows[row] = EmbeddingRows.ToUnitRows(network.EncodeImages(batch.Pixels.narrow(0, row, 1)), 1)[0];
        }
        return rows;
    }

    // Nobody will take these batches; their memory is released when they are done.
    private static void Abandon(CancellationTokenSource stop, Queue<Task<ImageBatch>> ahead)
    {
        stop.Cancel();
        foreach (var task in ahead)
        {
            try
            {
                task.GetAwaiter().GetResult().Dispose();
            }
            catch (Exception)
            {
                // The caller has the first error; the others follow from stopping.
            }
        }
    }
}
