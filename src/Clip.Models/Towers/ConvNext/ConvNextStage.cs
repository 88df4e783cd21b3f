using Clip.Kernels;
using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A stage of a ConvNeXt: half the resolution, unless it is the first, and blocks.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, C, H / 2, W / 2]; the first stage keeps height and width.</remarks>
internal sealed class ConvNextStage : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;
    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;

    public ConvNextStage(WeightFactory weights, ConvNextConfig config, int stage)
        : base(nameof(ConvNextStage))
    {
        long width = config.Widths[stage];
        if (stage > 0)
        {
            long inputs = config.Widths[stage - 1];
            _downsample = nn.Sequential(
                new MixedPrecisionLayerNorm(weights, inputs, config.NormEpsilon, channelsFirst: true),
                weights.Conv2d(inputs, width, kernel: 2, stride: 2, bias: true));
        }
        _blocks = nn.Sequential(Enumerable.Range(0, config.Blocks[stage]).Select(_ => new ConvNextBlock(weights, config, width)).ToArray());
        RegisterComponents();
    }

    /// <summary>Moves the weights into kernels; null where there are none.</summary>
    public PackedConvNextStage? TryPack(KernelBackend backend, KernelList kernels, double epsilon)
    {
        IPixelKernel? merging = null;
        if (_downsample is not null)
        {
            var (norm, convolution) = ((MixedPrecisionLayerNorm)_downsample.children().First(), (Conv2d)_downsample.children().Last());
            merging = kernels.Add(backend.TryCreatePixelMerging(norm.Affine, epsilon, convolution.weight!, convolution.bias!));
            if (merging is null)
                return null;
            _downsample.Dispose();
        }
        var blocks = new List<(IPixelKernel Spatial, IMlpKernel Branch)>();
        foreach (var block in _blocks.children().Cast<ConvNextBlock>())
        {
            var spatial = kernels.Add(backend.TryCreateDepthwiseConvolution(block.Spatial.weight!, block.Spatial.bias!));
            var branch = kernels.Add(backend.TryCreateMlp(block.Weights));
            if (spatial is null || branch is null)
                return null;
            block.Dispose();
            blocks.Add((spatial, branch));
        }
        return new PackedConvNextStage(merging, blocks);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _blocks.call(_downsample?.call(x) ?? x).MoveToOuterDisposeScope();
    }
}
