using Clip.Training.Data.Reading;

namespace Clip.Training.Tests.Data;

/// <summary>Random orders without tables.</summary>
public class PermutationTests
{
    [Fact]
    public void Item_AnyCount_HasEveryNumberOnce()
    {
        for (var count = 1; count <= 300; count++)
        {
            var order = new Permutation(count, (ulong)count * 31);
            Assert.Equal(Enumerable.Range(0, count).Select(number => (long)number), Enumerable.Range(0, count).Select(place => order[place]).Order());
        }
    }

    [Fact]
    public void Item_LargeCount_StaysBelowIt()
    {
        var order = new Permutation(3_000_000_001, 5);
        var numbers = Enumerable.Range(0, 20_000).Select(place => order[place]).ToList();

        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.InRange(numbers.Min(), 0, 3_000_000);
        Assert.InRange(numbers.Max(), 2_995_000_000, 3_000_000_000);
    }

    [Fact]
    public void Item_OtherSeed_GivesAnotherOrder()
    {
        var (one, other) = (new Permutation(1000, 1), new Permutation(1000, 2));

        // Two random orders agree in one place on average.
        Assert.InRange(Enumerable.Range(0, 1000).Count(place => one[place] == other[place]), 0, 12);
    }
}
