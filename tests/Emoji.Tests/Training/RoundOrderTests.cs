using Emoji.Training;
using Training.Shared;

namespace Emoji.Tests.Training;

/// <summary>The order in which emoji come.</summary>
public class RoundOrderTests
{
    private static readonly string[] Codes = [.. Enumerable.Range(0, 100).Select(i => $"{i}")];
    private static readonly Dictionary<string, int> Kinds = Codes.ToDictionary(code => code, code => int.Parse(code) / 10);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Shuffle_Round_HasEachEmojiOnceInAnOrderOfItsOwn(int together)
    {
        var (one, other) = (RoundOrder.Shuffle(Codes, Kinds, together, new IndexedRandom(1, 1)), RoundOrder.Shuffle(Codes, Kinds, together, new IndexedRandom(1, 2)));

        Assert.Equal(Codes.Order(), one.Order());
        Assert.NotEqual(one, other);
        Assert.Equal(one, RoundOrder.Shuffle(Codes, Kinds, together, new IndexedRandom(1, 1)));
    }

    [Fact]
    public void Shuffle_Together_PutsSomeOfAKindSideBySide()
    {
        var pairs = RoundOrder.Shuffle(Codes, Kinds, 5, new IndexedRandom(1, 1)).Chunk(5);

        Assert.All(pairs, group => Assert.Single(group.Select(code => Kinds[code]).Distinct()));
    }
}
