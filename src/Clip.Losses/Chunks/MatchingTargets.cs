using Clip.Shared;

namespace Clip.Losses.Chunks;

/// <summary>All probability on one column: row i matches column first + i.</summary>
/// <param name="first">The column that the first row matches.</param>
internal sealed class MatchingTargets(long first) : ITargets
{
    public Tensor Expected(long start, Tensor logits) => logits.diagonal(first + start, 0, 1);

    public void SubtractFrom(long start, Tensor probabilities)
    {
        using var matches = probabilities.diagonal(first + start, 0, 1);
        matches.SubtractInPlace(1);
    }
}
