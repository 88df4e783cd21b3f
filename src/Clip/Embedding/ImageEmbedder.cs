using System.Runtime.CompilerServices;
using Clip.Preprocessing;

namespace Clip.Embedding;

/// <summary>Images to rows: while the network encodes one batch, the next ones are decoded.</summary>
/// <param name="encode">Computes rows [N, D] in float32 of pixels [N, 3, H, W]; called on the network's thread.</param>
/// <param name="thread">The thread that runs it.</param>
/// <param name="memory">Where images are decoded into; it stays the caller's.</param>
/// <param name="batchSize">Images in one pass.</param>
/// <param name="decodingThreads">Images decoded at the same time.</param>
/// <param name="oneByOne">Whether each image passes the network alone.</param>
internal sealed class ImageEmbedder(
    Func<Tensor, Tensor> encode, NetworkThread thread, PixelMemory memory, int batchSize, int decodingThreads, bool oneByOne)
{
    // On a CPU one batch is embedded, one waits, one is being decoded: memory stays bounded and neither side waits for the other. Where
    // results are read later, the pass of a batch is queued before those of the one in front of it are there, so that one less may wait.
    private readonly int _batchesAhead = thread.Depth == 0 ? 2 : 1;

    /// <summary>Encodes images while the caller waits.</summary>
    /// <param name="images">The images, in any number.</param>
    /// <param name="onBatch">Receives every batch in order, with its rows.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    public void Embed(IEnumerable<ImageSource> images, Action<ImageBatch, float[][]> onBatch, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<ImageBatch>>();
        var running = new Queue<ImagePass>();
        try
        {
            foreach (var sources in images.Select(SourceGroups.Require).Chunk(batchSize))
            {
                ahead.Enqueue(Task.Run(() => Decode(sources, stop.Token), stop.Token));
                if (ahead.Count > _batchesAhead)
                    Next();
            }
            while (ahead.Count > 0)
                Next();
            while (running.Count > 0)
                Deliver();
        }
        finally
        {
            Abandon(stop, ahead, running);
        }

        void Next()
        {
            // Waiting for a task that has not begun runs it here: callers that fill the thread pool do not wait for it in vain.
            running.Enqueue(Start(ahead.Dequeue().GetAwaiter().GetResult()));
            if (running.Count > thread.Depth)
                Deliver();
        }

        void Deliver()
        {
            using var pass = running.Dequeue();
            onBatch(pass.Batch, pass.Rows.GetAwaiter().GetResult());
        }
    }

    /// <summary>Embeds one image.</summary>
    /// <exception cref="ImageDecodingException">It cannot be read.</exception>
    public float[] Embed(ImageSource image)
    {
        var batch = Decode([image], CancellationToken.None);
        if (batch.Error(0) is { } error)
        {
            batch.Dispose();
            throw error;
        }
        using var pass = Start(batch);
        return pass.Rows.GetAwaiter().GetResult()[0];
    }

    /// <summary>Embeds a stream of images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="cancellationToken">Ends the work between images.</param>
    public async IAsyncEnumerable<ImageEmbedding> EmbedAsync(
        IAsyncEnumerable<ImageSource> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = new Queue<Task<ImageBatch>>();
        var running = new Queue<ImagePass>();
        var index = 0L;
        var groups = new SourceGroups(images, batchSize);
        try
        {
            await foreach (var sources in groups.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                ahead.Enqueue(Task.Run(() => Decode(sources, stop.Token), stop.Token));
                if (ahead.Count <= _batchesAhead)
                    continue;
                foreach (var embedding in await NextAsync().ConfigureAwait(false))
                    yield return embedding;
            }
            while (ahead.Count > 0)
            {
                foreach (var embedding in await NextAsync().ConfigureAwait(false))
                    yield return embedding;
            }
            while (running.Count > 0)
            {
                foreach (var embedding in await DeliverAsync().ConfigureAwait(false))
                    yield return embedding;
            }
            groups.Failure?.Throw();
        }
        finally
        {
            Abandon(stop, ahead, running);
        }

        async Task<ImageEmbedding[]> NextAsync()
        {
            running.Enqueue(Start(await ahead.Dequeue().ConfigureAwait(false)));
            return running.Count > thread.Depth ? await DeliverAsync().ConfigureAwait(false) : [];
        }

        async Task<ImageEmbedding[]> DeliverAsync()
        {
            using var pass = running.Dequeue();
            var (batch, rows) = (pass.Batch, await pass.Rows.ConfigureAwait(false));
            cancellationToken.ThrowIfCancellationRequested();
            return [.. rows.Select((row, i) => batch.Error(i) is { } error
                ? new ImageEmbedding(index++, batch.Name(i), error)
                : new ImageEmbedding(index++, batch.Name(i), row))];
        }
    }

    private ImageBatch Decode(IReadOnlyList<ImageSource> sources, CancellationToken cancellationToken) =>
        ImageBatch.Decode(sources, memory, decodingThreads, cancellationToken);

    private ImagePass Start(ImageBatch batch)
    {
        try
        {
            return new ImagePass(batch, thread.RunAsync(() => Compute(batch)));
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    private Tensor Compute(ImageBatch batch)
    {
        var pixels = batch.Send();
        if (memory.Preprocessor.Config.Patches is { } patches)
            return SizedImages.Encode(pixels, batch.Sizes, patches.PatchSize, oneByOne, encode);
        if (!oneByOne || batch.Count == 1)
            return encode(pixels);

        return cat([.. Enumerable.Range(0, batch.Count).Select(ComputeAlone)], 0);

        Tensor ComputeAlone(int row)
        {
            using var scope = NewDisposeScope();
            return encode(pixels.narrow(0, row, 1)).MoveToOuterDisposeScope();
        }
    }

    // Nobody will take these batches; their memory is given back when they are done.
    private static void Abandon(CancellationTokenSource stop, Queue<Task<ImageBatch>> ahead, Queue<ImagePass> running)
    {
        stop.Cancel();
        foreach (var task in ahead)
            Ignore(() => task.GetAwaiter().GetResult().Dispose());
        foreach (var pass in running)
        {
            Ignore(() => pass.Rows.GetAwaiter().GetResult());
            pass.Dispose();
        }
    }

    private static void Ignore(Action end)
    {
        try
        {
            end();
        }
        catch (Exception)
        {
            // The caller has the first error; the others follow from stopping.
        }
    }
}
