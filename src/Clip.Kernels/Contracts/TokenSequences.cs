namespace Clip.Kernels.Contracts;

/// <summary>Where sequences of different lengths lie among tokens [T, W], one behind the other.</summary>
internal sealed class TokenSequences
{
    private readonly long[] _starts;

    /// <summary>Lays sequences one behind the other.</summary>
    /// <param name="lengths">Tokens of each, at least one.</param>
    public TokenSequences(IReadOnlyList<long> lengths)
    {
        // Pinned, because kernels read them where they lie.
        _starts = GC.AllocateUninitializedArray<long>(lengths.Count + 1, pinned: true);
        _starts[0] = 0;
        for (var i = 0; i < lengths.Count; i++)
        {
            _starts[i + 1] = _starts[i] + lengths[i];
            Longest = Math.Max(Longest, lengths[i]);
        }
    }

    /// <summary>How many sequences there are.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Tokens of the longest.</summary>
    public long Longest { get; }

    /// <summary>The first token of each sequence, and the number of all tokens, [N + 1]; the array does not move.</summary>
    public ReadOnlySpan<long> Starts => _starts;
}
