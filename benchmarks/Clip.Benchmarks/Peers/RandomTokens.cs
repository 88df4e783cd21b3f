namespace Clip.Benchmarks.Peers;

/// <summary>Rows of token ids like those of captions in OpenAI's vocabulary.</summary>
internal static class RandomTokens
{
    private const long Start = 49406, End = 49407;

    /// <summary>Creates rows; the first is as long as any may be, the others of random length.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="shortest">Fewest tokens of a row, start and end included.</param>
    /// <param name="longest">Most tokens of a row.</param>
    /// <param name="context">Tokens of a row with the zeros behind its end.</param>
    /// <returns>All rows, one after another.</returns>
    public static long[] Create(int rows, int shortest, int longest, int context)
    {
        var random = new Random(0);
        var ids = new long[rows * context];
        for (var row = 0; row < rows; row++)
        {
            var length = row == 0 ? longest : random.Next(shortest, longest + 1);
            var own = ids.AsSpan(row * context, length);
            foreach (ref var id in own)
                id = random.NextInt64(1, Start);
            own[0] = Start;
            own[^1] = End;
        }
        return ids;
    }
}
