using System.Collections.Concurrent;
using Training.Shared;

namespace Emoji.Training.Images;

/// <summary>Batches of composed images, made ahead by a thread; the same for a step on every machine and in every run.</summary>
internal sealed class ImageBatches : IDisposable
{
    private const int Ahead = 8;

    private readonly BlockingCollection<ImageBatch> _made = new(Ahead);
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;

    /// <summary>Begins to make them.</summary>
    /// <param name="drawn">The drawn images of each emoji.</param>
    /// <param name="size">Images of a batch.</param>
    /// <param name="seed">Fixes the batches.</param>
    /// <param name="firstStep">The step of the first batch.</param>
    /// <param name="endStep">One more than that of the last.</param>
    public ImageBatches(IReadOnlyList<IReadOnlyList<byte[]>> drawn, int size, long seed, int firstStep, int endStep)
    {
        _thread = new Thread(() =>
        {
            try
            {
                var order = new EmojiOrder([.. Enumerable.Range(0, drawn.Count).Where(emoji => drawn[emoji].Count > 0)], seed);
                for (var step = firstStep; step < endStep; step++)
                    _made.Add(Make(drawn, order, (long)step * size, size, seed), _end.Token);
            }
            catch (OperationCanceledException)
            {
            }
        })
        { IsBackground = true, Name = "images" };
        _thread.Start();
    }

    /// <summary>Waits for the batch of the next step.</summary>
    public ImageBatch Take(CancellationToken cancellationToken) => _made.Take(cancellationToken);

    public void Dispose()
    {
        _end.Cancel();
        _thread.Join();
        _made.Dispose();
        _end.Dispose();
    }

    private static ImageBatch Make(IReadOnlyList<IReadOnlyList<byte[]>> drawn, EmojiOrder order, long first, int size, long seed)
    {
        var batch = new ImageBatch(new float[size * ImageComposer.Length], new long[size]);
        for (var i = 0; i < size; i++)
        {
            var random = new IndexedRandom(seed, first + i);
            var emoji = order[first + i];
            batch.Emoji[i] = emoji;
            ImageComposer.Compose(drawn[emoji][random.Below(drawn[emoji].Count)], batch.Pixels.AsSpan(i * ImageComposer.Length, ImageComposer.Length), ref random);
        }
        return batch;
    }
}
