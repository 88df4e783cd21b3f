using Clip.Training.Data;
using Shapes.World;

namespace Shapes.Training;

/// <summary>The pairs of a world, one after another without end; the next batch is painted while one is in use.</summary>
internal sealed class ShapePairs(ShapeWorld world, PairFactory factory) : IPairSource
{
    public string Identity => $"{world.Identity}; {Recipe.Resolution} pixels";

    public long? SamplesPerEpoch => null;

    public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return Enumerate(size, from.Sample, cancellationToken);
    }

    public void Dispose()
    {
    }

    private IEnumerable<PairBatch> Enumerate(int size, long from, CancellationToken cancellationToken)
    {
        var next = Task.Run(() => Make(size, from), CancellationToken.None);
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var batch = next.GetAwaiter().GetResult();
                next = Task.Run(() => Make(size, batch.Next.Sample), CancellationToken.None);
                yield return batch;
            }
        }
        finally
        {
            next.GetAwaiter().GetResult().Dispose();
        }
    }

    private PairBatch Make(int size, long from)
    {
        var samples = Enumerable.Range(0, size).Select(i => world[from + i]).ToList();
        return new PairBatch(
            factory.Paint([.. samples.Select(sample => sample.Scene)]),
            factory.Tokenize([.. samples.Select(sample => sample.Caption.Text)]),
            new PairPosition(0, from + size));
    }
}
