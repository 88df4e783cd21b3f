using Clip.Training.Data;
using Clip.Training.Tests.Data;

namespace Clip.Training.Tests.Distributed;

/// <summary>What ranks read of a list together.</summary>
public sealed class RankOrderTests : IDisposable
{
    private readonly TinyImages _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Batches_OfRanks_AreThePartsOfOnesBatches(int ranks, int size)
    {
        _images.Write(26);
        using var one = _images.Listed(26);
        var whole = TinyImages.Record(one, ranks * size, 6);

        for (var rank = 0; rank < ranks; rank++)
        {
            using var share = _images.Listed(26, _images.Options with { Rank = rank, WorldSize = ranks });
            var parts = TinyImages.Record(share, size, 6);

            Assert.Equal(one.Identity, share.Identity);
            for (var step = 0; step < 6; step++)
            {
                Assert.Equal(Slice(whole[step].Tokens, rank, ranks), parts[step].Tokens);
                Assert.Equal(Slice(whole[step].Pixels, rank, ranks), parts[step].Pixels);    // augmented: by their place among all
            }
        }
    }

    [Fact]
    public void Batches_OfRanks_ReadEachPairOnceInAnEpoch()
    {
        _images.Write(26);
        int[] read = [.. Enumerable.Range(0, 2).SelectMany(rank =>
        {
            using var share = _images.Listed(26, _images.Options with { Rank = rank, WorldSize = 2 });
            return _images.Read(share, 1, 13);
        })];

        Assert.Equal(Enumerable.Range(0, 26), read.Order());
    }

    [Fact]
    public void Translate_OtherNumbersOfRanks_GoesOnAtTheSamePair()
    {
        _images.Write(24);
        using var one = _images.Listed(24);
        using var third = _images.Listed(24, _images.Options with { Rank = 2, WorldSize = 3 });

        Assert.Equal(new PairPosition(4, 12), one.Translate([new(4, 6), new(4, 6)], 12));
        Assert.Equal(new PairPosition(4, 4), third.Translate([new(4, 12)], 4));
        Assert.Null(third.Translate([new(4, 6), new(4, 7)], 4));
        Assert.Null(third.Translate([new(4, 6)], 4));
    }

    private static T[] Slice<T>(T[] values, int rank, int ranks) => values.AsSpan(rank * values.Length / ranks, values.Length / ranks).ToArray();
}
