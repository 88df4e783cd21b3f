using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;

namespace Clip.Kernels.Float32.Training;

/// <summary>Where sequences lie among the rows of a matrix of tokens, one behind the other.</summary>
/// <param name="Count">How many there are, N.</param>
/// <param name="Longest">Tokens of the longest, L.</param>
/// <param name="Starts">The first row of each and the number of all rows, [N + 1]; 0 where all have as many tokens.</param>
internal readonly unsafe record struct SequenceRows(nint Count, nint Longest, nint Starts = 0)
{
    /// <summary>Where a block's tokens lie, as long as those live.</summary>
    public static SequenceRows Of(BlockTokens tokens) => new(
        (nint)tokens.Count, (nint)tokens.Longest,
        tokens.Sequences is { } sequences ? (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(sequences.Starts)) : 0);

    /// <summary>All tokens.</summary>
    public nint Tokens => First(Count);

    /// <summary>Whether all sequences have as many tokens.</summary>
    public bool AreEqual => Starts == 0;

    /// <summary>The first row of a sequence.</summary>
    public nint First(nint sequence) => Starts == 0 ? sequence * Longest : (nint)((long*)Starts)[sequence];

    /// <summary>Tokens of a sequence.</summary>
    public nint LengthOf(nint sequence) => First(sequence + 1) - First(sequence);
}
