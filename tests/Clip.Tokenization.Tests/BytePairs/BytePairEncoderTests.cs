using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Tests.BytePairs;

/// <summary>Merging beside the plain procedure: the lowest rank first, everywhere in the word, until none is left.</summary>
public sealed class BytePairEncoderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Encode_RandomWords_GivesWhatThePlainProcedureGives(int seed)
    {
        var random = new Random(seed);
        var merges = RandomMerges(random, 200);
        var bytes = Enumerable.Range(0, 256).ToArray();
        var lastBytes = bytes.Select(id => id + 256).ToArray();
        var encoder = new BytePairEncoder(bytes, lastBytes, new MergeTable(merges), Enumerable.Range(0, 300).Select(_ => Word(random, 6)));

        for (var i = 0; i < 500; i++)
        {
            var word = Word(random, i % 10 == 0 ? 400 : 20);
            var buffer = new TokenBuffer();
            word.CopyTo(buffer.Reserve(word.Length));
            buffer.Advance(word.Length);

            encoder.Encode(buffer, 0, word.Length);

            Assert.Equal(Plainly(word, merges), buffer.Ids.ToArray());
            Assert.Equal(0, buffer.Starts[0]);
        }
    }

    // Few letters, so that words have pairs; merged tokens occur in later merges, some with two ways to be made.
    private static List<(int Left, int Right, int Merged)> RandomMerges(Random random, int count)
    {
        var tokens = new List<int> { 'a', 'b', 'c', 'd', 'a' + 256, 'b' + 256, 'c' + 256, 'd' + 256 };
        var merges = new List<(int Left, int Right, int Merged)>();
        while (merges.Count < count)
        {
            var (left, right) = (tokens[random.Next(tokens.Count)], tokens[random.Next(tokens.Count)]);
            if (merges.Any(merge => merge.Left == left && merge.Right == right))
                continue;
            var merged = random.Next(4) == 0 && merges.Count > 0 ? merges[random.Next(merges.Count)].Merged : 512 + merges.Count;
            if (merged == left || merged == right)
                continue;
            merges.Add((left, right, merged));
            tokens.Add(merged);
        }
        return merges;
    }

    private static byte[] Word(Random random, int most) =>
        [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => (byte)random.Next('a', 'e'))];

    private static List<int> Plainly(byte[] word, List<(int Left, int Right, int Merged)> merges)
    {
        var ids = word.Select((value, i) => value + (i + 1 == word.Length ? 256 : 0)).ToList();
        while (true)
        {
            var rank = merges.FindIndex(merge => Enumerable.Range(0, ids.Count - 1).Any(i => ids[i] == merge.Left && ids[i + 1] == merge.Right));
            if (rank < 0)
                return ids;
            var next = new List<int>();
            for (var i = 0; i < ids.Count; i++)
            {
                var isPair = i + 1 < ids.Count && ids[i] == merges[rank].Left && ids[i + 1] == merges[rank].Right;
                next.Add(isPair ? merges[rank].Merged : ids[i]);
                i += isPair ? 1 : 0;
            }
            ids = next;
        }
    }
}
