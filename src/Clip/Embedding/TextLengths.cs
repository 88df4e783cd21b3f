using Clip.Models;

namespace Clip.Embedding;

/// <summary>How many tokens of a row matter to its embedding.</summary>
/// <remarks>In a causal tower the pooled token sees nothing after itself, so what follows the end token changes nothing.</remarks>
internal static class TextLengths
{
    /// <summary>Whether rows of this tower may be cut after the token they are pooled at.</summary>
    public static bool CanCut(TextTowerConfig text) =>
        text is { Causal: true, ClassToken: false, Pooling: TextPooling.HighestId or TextPooling.FirstEndToken };

    /// <summary>The tokens up to the pooled one.</summary>
    public static int Measure(ReadOnlySpan<long> row, TextTowerConfig text)
    {
        if (text.Pooling == TextPooling.FirstEndToken)
            return Math.Max(0, row.IndexOf((long)text.EndTokenId!.Value)) + 1;      // without an end token the first one is pooled

        var highest = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[highest])
                highest = i;
        }
        return highest + 1;
    }
}
