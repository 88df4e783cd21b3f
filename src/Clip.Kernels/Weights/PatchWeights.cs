namespace Clip.Kernels.Weights;

/// <summary>The weights that make tokens of an image's patches.</summary>
internal sealed record PatchWeights
{
    /// <summary>A convolution whose kernel is a patch and its stride too, [W, 3, patch, patch].</summary>
    public required Tensor Weight { get; init; }

    /// <summary>[W]; null for none.</summary>
    public Tensor? Bias { get; init; }

    /// <summary>A token [W] before those of the patches; null for none.</summary>
    public Tensor? ClassToken { get; init; }

    /// <summary>Added to the tokens, the class token included, [L, W].</summary>
    public required Tensor Positions { get; init; }

    /// <summary>Gains and biases [W] of a norm of the tokens; null for none.</summary>
    public (Tensor Weight, Tensor Bias)? Norm { get; init; }

    /// <summary>What the norm adds to the variance.</summary>
    public double Epsilon { get; init; }

    /// <summary>Whether the backward pass is asked for the gradient of a weight.</summary>
    public bool WantGradients =>
        ((Tensor?[])[Weight, Bias, ClassToken, Positions, Norm?.Weight, Norm?.Bias]).Any(weight => weight is { requires_grad: true });
}
