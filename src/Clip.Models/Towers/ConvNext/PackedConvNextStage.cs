using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A stage of a ConvNeXt in kernels.</summary>
/// <param name="merging">What halves the resolution; null in the first stage.</param>
/// <param name="blocks">The depthwise convolutions, each with what follows it.</param>
internal sealed class PackedConvNextStage(IPixelKernel? merging, IReadOnlyList<(IPixelKernel Spatial, IMlpKernel Branch)> blocks)
{
    /// <summary>Maps [N, H, W, inputs] to [N, H / 2, W / 2, C]; the first stage keeps height and width.</summary>
    public Tensor Compute(Tensor x)
    {
        using var scope = NewDisposeScope();
        var output = merging?.Forward(x) ?? x.alias();
        foreach (var (spatial, branch) in blocks)
        {
            using var around = spatial.Forward(output);
            var next = branch.Forward(around, output);
            output.Dispose();
            output = next;
        }
        return output.MoveToOuterDisposeScope();
    }
}
