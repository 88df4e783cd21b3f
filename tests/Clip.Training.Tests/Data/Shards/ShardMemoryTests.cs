using System.IO.Compression;
using Clip.Training.Data;
using Clip.Training.Data.Reading;
using Clip.Training.Data.Shards;

namespace Clip.Training.Tests.Data;

/// <summary>The memory that is held while shards are read.</summary>
public sealed class ShardMemoryTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(1_000, 100_000)]
    [InlineData(5, 100_000)]
    [InlineData(1_000, 1)]
    public void Shuffle_AnySizes_HoldsAtMostTheLimitsAndGivesEverySampleOnce(int most, long bytes)
    {
        var random = new Random(3);
        var samples = Enumerable.Range(0, 400)
            .Select(number => new RawSample($"{number}", new byte[random.Next(3) == 0 ? random.Next(60_000) : random.Next(500)], "")).ToArray();
        var (given, taken, held) = (new List<RawSample>(), 0, 0L);

        foreach (var sample in new ShuffleBuffer(most, bytes).Shuffle(Source(), seed: 5))
        {
            given.Add(sample);
            held -= sample.Bytes;
        }

        Assert.Equal(samples.Select(sample => sample.Key).Order(), given.Select(sample => sample.Key).Order());

        IEnumerable<RawSample> Source()
        {
            foreach (var sample in samples)
            {
                // What is held when the next one is asked for.
                Assert.InRange(held, 0, Math.Max(bytes, taken == 0 ? 0 : samples[taken - 1].Bytes));
                Assert.InRange(taken - given.Count, 0, most);
                taken++;
                held += sample.Bytes;
                yield return sample;
            }
        }
    }

    [Fact]
    public void Read_PackedZeros_HoldsNoMoreThanTheBuffer()
    {
        const int Entries = 12, Buffer = 24;
        var blocks = new TarBlocks();
        for (var number = 0; number < Entries; number++)
            blocks.Add($"{number:D3}.png", new byte[8 * Megabyte]).Add($"{number:D3}.txt", "a cat"u8.ToArray());
        using (var packed = new GZipStream(File.Create(_images.File("000.tar.gz")), CompressionLevel.Fastest))
            packed.Write(blocks.ToArray());
        var reading = new WebDatasetOptions { ShuffleBufferBytes = Buffer * Megabyte };
        using var source = new WebDataset([new ShardSet(_images.File("000.tar.gz"))], _images.Options, reading);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var samples = ((ISampleOrder)source).Read(0, 0, 1, CancellationToken.None).GetEnumerator();

        Assert.True(samples.MoveNext());
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, (Buffer + 10) * Megabyte);
    }

    [Fact]
    public void Batches_ImageLongerThanTheLimit_IsUnreadable()
    {
        _images.Write("000.tar", new TarBlocks().Add("a.png", new byte[2000]).Add("a.txt", "1"u8.ToArray()).AddPair("b", 2).ToArray());
        using var source = new WebDataset(
            [new ShardSet(_images.File("000.tar"))], _images.Options, new WebDatasetOptions { MaxImageBytes = 1999, ShuffleBuffer = 0 });

        Assert.Equal(1, TinyImages.Record(source, 1, 1)[0].Skipped);
        Assert.Equal([2], _images.Read(source, 1, 1));
    }

    [Fact]
    public void Batches_BufferLimitedInBytes_ContinueBitEqualFromEveryPosition()
    {
        var blocks = new TarBlocks();
        for (var number = 0; number < 20; number++)
            blocks.AddPair($"{number:D2}", number);
        _images.Write("000.tar", blocks.ToArray());
        var reading = new WebDatasetOptions { ShuffleBufferBytes = 3_000 };
        using var whole = Open();
        var expected = TinyImages.Record(whole, 3, 12);

        for (var taken = 1; taken < expected.Count; taken++)
        {
            using var resumed = Open();
            TinyImages.AssertEqual(expected.Skip(taken), TinyImages.Record(resumed, 3, expected.Count - taken, expected[taken - 1].Next));
        }

        WebDataset Open() => new([new ShardSet(_images.File("000.tar"))], _images.Options, reading);
    }

    [Fact]
    public void Shuffle_ShardsInAnotherFolder_GivesTheSameOrder()
    {
        var here = Order("/data");
        Assert.Equal(here, Order("/a/much/longer/folder/with/the/same/data"));
        Assert.NotEqual(Enumerable.Range(0, 60).Select(number => $"{number}"), here);

        static IEnumerable<string> Order(string folder) => new ShuffleBuffer(1_000, 10_000).Shuffle(Enumerable.Range(0, 60).Select(number =>
            new RawSample($"{number}", null, "", number % 2 == 0 ? $"is missing in {folder}" : null) { Shard = folder }), seed: 5)
            .Select(sample => sample.Key).ToArray();
    }

    [Fact]
    public void Identity_LimitsThatChangeTheOrder_BelongToIt()
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).ToArray());
        var usual = new WebDatasetOptions();

        var identities = new[]
        {
            usual, usual with { ShuffleBuffer = 7 }, usual with { ShuffleBufferBytes = 7 }, usual with { MaxImageBytes = 7 }, usual with { MaxCaptionBytes = 7 },
        }.Select(reading => new WebDataset([new ShardSet(_images.File("000.tar"))], _images.Options, reading).Identity);

        Assert.Equal(5, identities.Distinct().Count());
    }

    [Theory]
    [InlineData(0L, 1)]
    [InlineData(1L, 0)]
    public void Constructor_NoBytes_ThrowsArgumentException(long buffer, int image)
    {
        _images.Write("000.tar", new TarBlocks().AddPair("a", 1).ToArray());
        var reading = new WebDatasetOptions { ShuffleBufferBytes = buffer, MaxImageBytes = image };
        Assert.Throws<ArgumentException>(() => new WebDataset([new ShardSet(_images.File("000.tar"))], _images.Options, reading));
        Assert.Throws<ArgumentException>(() => (_images.Options with { BatchesAheadBytes = 0 }).Validate());
    }
}
