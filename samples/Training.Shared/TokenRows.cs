using Clip.Tokenization;

namespace Training.Shared;

/// <summary>Token ids of texts for a causal text tower.</summary>
public static class TokenRows
{
    /// <summary>Tokenizes texts.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="texts">The texts.</param>
    /// <returns>Token ids, int64 [N, L], where L is the length of the longest: a causal tower sees nothing behind the end token.</returns>
    public static Tensor Of(ClipTokenizer tokenizer, IReadOnlyList<string> texts)
    {
        var rows = texts.Select(tokenizer.Tokenize).ToList();
        var length = rows.Max(row => Array.IndexOf(row, tokenizer.EndTokenId) + 1);
        return tensor(rows.SelectMany(row => row.Take(length)).ToArray(), [rows.Count, length]);
    }
}
