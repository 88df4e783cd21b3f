using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A 7 x 7 and a 3 x 3 convolution at a stride of 2, each with a batch norm, summed, gated and activated; or the one convolution that they fold to.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, outputs, H / 2, W / 2], with groups of one input. Source: Vasu et al. 2023, "FastViT", section 3.2.</remarks>
internal sealed class LargeKernelConvolution : nn.Module<Tensor, Tensor>
{
    private const long Stride = 2;
    private const int GateDivisor = 8;

    private static readonly (long, long) Large = (7, 7);
    private static readonly (long, long) Small = (3, 3);

    private readonly long _groups;

    [ComponentName(Name = "large_conv")] private readonly BatchNormedLayer? _large;
    [ComponentName(Name = "small_conv")] private readonly BatchNormedLayer? _small;
    [ComponentName(Name = "reparam_conv")] private readonly ConvolutionLayer? _folded;
    [ComponentName(Name = "se")] private readonly SqueezeExcite? _gate;

    public LargeKernelConvolution(WeightFactory weights, long inputs, long outputs, bool isGated, bool isFolded)
        : base(nameof(LargeKernelConvolution))
    {
        _groups = inputs;
        if (isFolded)
        {
            _folded = new ConvolutionLayer(weights, inputs, outputs, Large, Stride, inputs, bias: true);
        }
        else
        {
            _large = new BatchNormedLayer(weights, inputs, outputs, Large, Stride, inputs);
            _small = new BatchNormedLayer(weights, inputs, outputs, Small, Stride, inputs);
        }
        if (isGated)
            _gate = new SqueezeExcite(weights, outputs, GateChannels(outputs));
        RegisterComponents();
    }

    /// <summary>Hidden channels of the gate: a quarter, rounded to a multiple of 8 as timm does (make_divisible).</summary>
    public static long GateChannels(long outputs)
    {
        var quarter = outputs / 4.0;
        var rounded = Math.Max(GateDivisor, (long)(quarter + GateDivisor / 2.0) / GateDivisor * GateDivisor);
        return rounded < 0.9 * quarter ? rounded + GateDivisor : rounded;
    }

    /// <summary>The weights of the gate; null where there is none.</summary>
    public SqueezeExciteWeights? Gate => _gate?.Weights;

    /// <summary>Both convolutions in one; call it in a dispose scope.</summary>
    public FoldedConvolution Fold(ScalarType dtype) =>
        (_folded is not null ? Kernel.Of(_folded) : _large!.Fold().Plus(_small!.Fold())).Fold(dtype, Stride, _groups);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = _folded is null ? _large!.call(x).Plus(_small!.call(x)) : _folded.call(x);
        if (_gate is not null)
            y = _gate.call(y);
        return nn.functional.gelu(y).MoveToOuterDisposeScope();
    }
}
