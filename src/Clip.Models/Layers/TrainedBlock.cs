using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A transformer block whose forward and backward passes are computed by kernels.</summary>
internal static class TrainedBlock
{
    /// <summary>Runs a block, if there are kernels for it.</summary>
    /// <param name="kernels">The kernels, if there are some.</param>
    /// <param name="weights">The block's weights.</param>
    /// <param name="shape">Its form.</param>
    /// <param name="x">Its input, [N, L, W] or [T, W].</param>
    /// <param name="tokens">Which tokens these are.</param>
    /// <returns>Its output, of all tokens or of the chosen ones; null where there are no kernels for it, or for such an input.</returns>
    public static Tensor? TryRun(ITrainingKernels? kernels, Func<BlockWeights> weights, TransformerShape shape, Tensor x, BlockTokens tokens)
    {
        if (kernels is null || x.dtype != ScalarType.Float32 || x.device_type != DeviceType.CPU || x.numel() == 0)
            return null;
        using var scope = NewDisposeScope();
        var block = weights();
        return kernels.Serves(block, shape) ? TrainedPart.Run(kernels.Begin(block, shape, tokens), x, block.WantGradients).MoveToOuterDisposeScope() : null;
    }
}
