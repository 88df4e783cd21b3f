using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A stage of a ConvNeXt whose MLPs are in kernels; libtorch convolves, with channels last in memory.</summary>
/// <param name="downsample">What halves the resolution; null in the first stage.</param>
/// <param name="blocks">The depthwise convolutions, each with what follows it.</param>
internal sealed class PackedConvNextStage(Sequential? downsample, IReadOnlyList<(Conv2d Spatial, IMlpKernel Branch)> blocks)
{
    /// <summary>Maps [N, inputs, H, W] to [N, C, H / 2, W / 2]; the first stage keeps height and width.</summary>
    public Tensor Compute(Tensor x)
    {
        using var scope = NewDisposeScope();
        var output = (downsample?.call(x) ?? x).permute(0, 2, 3, 1).contiguous();                  // [N, H, W, C]
        foreach (var (spatial, branch) in blocks)
        {
            using var block = NewDisposeScope();
            var around = spatial.call(output.permute(0, 3, 1, 2)).permute(0, 2, 3, 1).contiguous();
            var next = branch.Forward(around, output).MoveToOuterDisposeScope();
            output.Dispose();
            output = next;
        }
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
