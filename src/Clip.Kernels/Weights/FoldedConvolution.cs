namespace Clip.Kernels.Weights;

/// <summary>A convolution with a bias into which norms and branches beside it have been folded; it pads by half of its kernel.</summary>
/// <param name="Weight">[outputs, inputs / groups, kernel height, kernel width], both sides odd.</param>
/// <param name="Bias">[outputs].</param>
/// <param name="Stride">Positions from one result to the next.</param>
/// <param name="Groups">Groups of channels that do not see each other; the number of inputs where each channel is alone.</param>
internal sealed record FoldedConvolution(Tensor Weight, Tensor Bias, long Stride = 1, long Groups = 1)
{
    /// <summary>The weight as a matrix: of each output, for each position of the kernel in turn, its channels, [outputs, kernel height · kernel width · inputs / groups].</summary>
    public Tensor Matrix => Weight.permute(0, 2, 3, 1).flatten(1);

    /// <summary>Channels that come in.</summary>
    public long Inputs => Weight.shape[1] * Groups;
}
