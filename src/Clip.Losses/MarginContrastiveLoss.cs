using Clip.Shared;

namespace Clip.Losses;

/// <summary>The pairwise margin loss: matching pairs are pulled together, others are pushed apart until a margin lies between them.</summary>
/// <remarks>
/// <para>
/// A matching pair at Euclidean distance d costs d²/2, another max(0, margin - d)²/2: zero beyond the margin. At distance
/// zero the direction that leads apart is undefined; the gradient there is zero.
/// </para>
/// <para>The pairs are given, so nothing is batch squared. Distances are those of the embeddings as they come; normalize them before where that is meant.</para>
/// <para>Source: Hadsell, Chopra, LeCun 2006, "Dimensionality Reduction by Learning an Invariant Mapping", equation 4.</para>
/// </remarks>
public sealed class MarginContrastiveLoss : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    private readonly nn.Reduction _reduction;

    /// <summary>Prepares the loss.</summary>
    /// <param name="margin">The distance beyond which pairs that do not match cost nothing. Positive.</param>
    /// <param name="reduction">Whether the pairs' costs are averaged, summed or returned one by one.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="margin"/> is not a positive number, or there is no such reduction.</exception>
    public MarginContrastiveLoss(double margin = 1, nn.Reduction reduction = nn.Reduction.Mean)
        : base(nameof(MarginContrastiveLoss))
    {
        if (!(margin > 0) || double.IsInfinity(margin))
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be a positive number.");
        if (!Enum.IsDefined(reduction))
            throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "There is no such reduction.");
        Margin = margin;
        _reduction = reduction;
    }

    /// <summary>The distance beyond which pairs that do not match cost nothing.</summary>
    public double Margin { get; }

    /// <summary>Computes the loss.</summary>
    /// <param name="first">Embeddings [N, E].</param>
    /// <param name="second">Embeddings [N, E]; row i is compared with row i of <paramref name="first"/> only.</param>
    /// <param name="matches">[N], of any dtype: 1 or true where the two belong together, 0 or false where they do not.</param>
    /// <returns>A scalar, or [N] without reduction, in float32 at least.</returns>
    /// <exception cref="ArgumentException">The shapes are not as described.</exception>
    public override Tensor forward(Tensor first, Tensor second, Tensor matches)
    {
        LossArguments.RequirePairs(first, second);
        if (matches.numel() != first.shape[0])
            throw new ArgumentException($"There are {first.shape[0]} pairs but {matches.numel()} answers whether they match.", nameof(matches));

        using var scope = NewDisposeScope();
        var dtype = LossArguments.DTypeOf(first);
        var similar = matches.view(-1).to(dtype, first.device);
        var squared = (first.to(dtype) - second.to(dtype)).Squared().sum(1);                     // [N]

        // The root of zero has no slope: where both are equal, take the root of one and replace it by a constant.
        var apart = squared.IsGreaterThan(0);
        var distance = where(apart, where(apart, squared, ones_like(squared)).sqrt(), zeros_like(squared));
        var missing = distance.SubtractedFrom(Margin).AtLeast(0);
        var costs = (similar * squared).Plus(similar.SubtractedFrom(1) * missing.Squared()).DividedBy(2);
        return (_reduction switch
        {
            nn.Reduction.Mean => costs.mean(),
            nn.Reduction.Sum => costs.sum(),
            _ => costs,
        }).MoveToOuterDisposeScope();
    }
}
