
namespace Clip.Kernels.Contracts;

/// <summary>The weights of an MLP with what stands before and behind it.</summary>
internal sealed record MlpWeights
{
    /// <summary>Gains and biases [W] of the norms before the MLP, one after the other.</summary>
    public required IReadOnlyList<(Tensor Weight, Tensor Bias)> Norms { get; init; }

    /// <summary>What the norms add to the variance.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The first layer, [hidden, W], and [hidden].</summary>
    public required (Tensor Weight, Tensor Bias) Expand { get; init; }

    /// <summary>Weight [hidden, W] and bias [hidden] of a layer that is multiplied by the activated first one; null for none.</summary>
    public (Tensor Weight, Tensor Bias)? Multiply { get; init; }

    /// <summary>The activation of the first layer.</summary>
    public required FusedActivation Activation { get; init; }

    /// <summary>The last layer, [W, hidden], and [W].</summary>
    public required (Tensor Weight, Tensor Bias) Contract { get; init; }

    /// <summary>Gain [W] of the branch; null for one.</summary>
    public Tensor? Scale { get; init; }
}
