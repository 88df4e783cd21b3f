using System.Runtime.CompilerServices;
using Clip.Training.Data;
using Clip.Training.Data.Reading;

namespace Clip.Training.Tests.Data;

/// <summary>The thread that makes batches ahead of their use.</summary>
public sealed class BatchesAheadTests : IDisposable
{
    private const int Size = 2;

    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(long.MaxValue, 3)]
    [InlineData(1, 1)]
    // A pair of 4 x 4 pixels as bytes and of 12 tokens, twice for a batch and two batches.
    [InlineData(2 * Size * (3 * 4 * 4 + 12 * sizeof(long)), 2)]
    public async Task Produce_LimitInBytes_MakesThatManyAheadButAtLeastOne(long bytes, int ahead)
    {
        var samples = new Endless(_images);
        var producer = new BatchProducer(_images.Options with { BatchesAheadBytes = bytes, BatchesAhead = 2 }, samples);
        using var batches = producer.Produce(Size, PairPosition.Start, CancellationToken.None).GetEnumerator();

        for (var taken = 1; taken <= 4; taken++)
        {
            Assert.True(batches.MoveNext());
            batches.Current.Dispose();
            await Patience.UntilAsync(() => samples.Read == (taken + ahead) * Size);
            // Time for the thread to do what it must not.
            await Task.Delay(20);
            Assert.Equal((taken + ahead) * Size, samples.Read);
        }
    }

    [Fact]
    public async Task Produce_EnumeratorLeftToTheCollector_EndsItsThread()
    {
        var samples = new Endless(_images);
        Leave(new BatchProducer(_images.Options, samples));

        await Patience.UntilAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return samples.HasEnded;
        });
    }

    // On its own, so that no local of the test keeps the enumerator.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leave(BatchProducer producer)
    {
        var batches = producer.Produce(Size, PairPosition.Start, CancellationToken.None).GetEnumerator();
        Assert.True(batches.MoveNext());
        batches.Current.Dispose();
    }

    private sealed class Endless(TinyImages images) : ISampleOrder
    {
        private readonly string _path = images.Write("1.png", TinyImages.Encode(1));
        private int _read;
        private volatile bool _hasEnded;

        public string Name => "endless";

        public int Read => Volatile.Read(ref _read);

        public bool HasEnded => _hasEnded;

        IEnumerable<RawSample> ISampleOrder.Read(long epoch, long from, int batchSize, CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    Interlocked.Increment(ref _read);
                    yield return new RawSample(_path, null, "1");
                }
            }
            finally
            {
                _hasEnded = true;
            }
        }
    }
}
