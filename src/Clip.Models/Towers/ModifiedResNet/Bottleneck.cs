using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A residual block of three convolutions, the middle one narrower; strides are average pools.</summary>
/// <remarks>
/// <para>Maps [N, inputs, H, W] to [N, 4 planes, H / stride, W / stride].</para>
/// <para>Source: He et al. 2016, section 4.1, with the strides of Radford et al. 2021, section 2.4.</para>
/// </remarks>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    /// <summary>Output channels per plane.</summary>
    public const int Expansion = 4;

    private readonly long _stride;

    [ComponentName(Name = "conv1")] private readonly Conv2d _reduce;
    [ComponentName(Name = "bn1")] private readonly MapBatchNorm _reduceNorm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _mix;
    [ComponentName(Name = "bn2")] private readonly MapBatchNorm _mixNorm;
    [ComponentName(Name = "conv3")] private readonly Conv2d _expand;
    [ComponentName(Name = "bn3")] private readonly MapBatchNorm _expandNorm;
    [ComponentName(Name = "downsample")] private readonly Sequential? _shortcut;

    public Bottleneck(WeightFactory weights, long inputs, long planes, long stride)
        : base(nameof(Bottleneck))
    {
        _stride = stride;
        _reduce = weights.Conv2d(inputs, planes, kernel: 1);
        _reduceNorm = weights.BatchNorm(planes);
        _mix = weights.Conv2d(planes, planes, kernel: 3, padding: 1);
        _mixNorm = weights.BatchNorm(planes);
        _expand = weights.Conv2d(planes, planes * Expansion, kernel: 1);
        _expandNorm = weights.BatchNorm(planes * Expansion);
        if (stride > 1 || inputs != planes * Expansion)
        {
            _shortcut = nn.Sequential(
                ("-1", nn.AvgPool2d(stride)),
                ("0", weights.Conv2d(inputs, planes * Expansion, kernel: 1)),
                ("1", weights.BatchNorm(planes * Expansion)));
        }
        RegisterComponents();
    }

    /// <summary>All weights, for a kernel that computes the same.</summary>
    public BottleneckWeights Weights => new(
        NormedConvolutions.Join(_reduce, _reduceNorm),
        NormedConvolutions.Join(_mix, _mixNorm),
        NormedConvolutions.Join(_expand, _expandNorm),
        _shortcut is null ? null : NormedConvolutions.Join(_shortcut.modules().OfType<Conv2d>().Single(), _shortcut.modules().OfType<MapBatchNorm>().Single()),
        _stride);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = _reduceNorm.call(_reduce.call(x)).relu_();                   // [N, planes, H, W]
        y = _mixNorm.call(_mix.call(y)).relu_();
        if (_stride > 1)
            y = nn.functional.avg_pool2d(y, _stride);
        y = _expandNorm.call(_expand.call(y));                               // [N, 4 planes, H / stride, W / stride]
        y = y.AddInPlace(_shortcut is null ? x : _shortcut.call(x));
        return y.relu_().MoveToOuterDisposeScope();
    }

    /// <summary>Draws the convolutions as PyTorch does and zeroes the last norm's gain, so that the block starts as its shortcut.</summary>
    /// <remarks>Source: openai/CLIP, initialize_parameters; Goyal et al. 2017, section 5.1.</remarks>
    public void Initialize()
    {
        foreach (var convolution in modules().OfType<Conv2d>())
            LinearInitializer.Initialize(convolution);
        nn.init.zeros_(_expandNorm.weight);
    }
}
