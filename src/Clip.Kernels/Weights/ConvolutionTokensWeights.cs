namespace Clip.Kernels.Weights;

/// <summary>Convolutions that make tokens of an image, as a ViTamin has them.</summary>
/// <remarks>Blocks are enumerated once, in order, so that whoever packs them needs memory for one at a time.</remarks>
internal sealed record ConvolutionTokensWeights
{
    /// <summary>What norms add to the variance.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The first convolution, of 3 x 3 pixels at a stride of 2.</summary>
    public required FoldedConvolution First { get; init; }

    /// <summary>Gain and bias of the norm behind it, which GELU follows.</summary>
    public required (Tensor Weight, Tensor Bias) FirstNorm { get; init; }

    /// <summary>The second convolution, of 3 x 3 positions.</summary>
    public required FoldedConvolution Second { get; init; }

    /// <summary>The blocks.</summary>
    public required IEnumerable<InvertedBottleneckWeights> Blocks { get; init; }

    /// <summary>Gain and bias of the norm before the last convolution.</summary>
    public required (Tensor Weight, Tensor Bias) LastNorm { get; init; }

    /// <summary>The last convolution, of 3 x 3 positions at a stride of 2.</summary>
    public required FoldedConvolution Last { get; init; }

    /// <summary>Added to the tokens, [P, W]; null for nothing.</summary>
    public Tensor? Positions { get; init; }
}
