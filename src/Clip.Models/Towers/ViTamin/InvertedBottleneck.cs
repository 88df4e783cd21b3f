using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of ViTamin's convolutions: more channels, each of which looks around by itself, then fewer; added back onto the input.</summary>
/// <remarks>
/// Maps [N, inputs, H, W] to [N, outputs, H, W], or to half the height and width. Source: Sandler et al. 2018, "MobileNetV2", with a layer norm
/// in front (Chen et al. 2024, "ViTamin", section 4).
/// </remarks>
internal sealed class InvertedBottleneck : nn.Module<Tensor, Tensor>
{
    private const int Expansion = 4;

    private readonly bool _halves;

    [ComponentName(Name = "shortcut")] private readonly BottleneckShortcut? _shortcut;
    [ComponentName(Name = "pre_norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "conv1_1x1")] private readonly Conv2d _expand;
    [ComponentName(Name = "conv2_kxk")] private readonly Conv2d _spatial;
    [ComponentName(Name = "conv3_1x1")] private readonly Conv2d _contract;

    public InvertedBottleneck(WeightFactory weights, long inputs, long outputs, bool halves)
        : base(nameof(InvertedBottleneck))
    {
        _halves = halves;
        var hidden = HiddenWidth(outputs);
        if (halves && inputs != outputs)
            _shortcut = new BottleneckShortcut(weights, inputs, outputs);
        _norm = new MixedPrecisionLayerNorm(weights, inputs, ViTaminConfig.NormEpsilon, channelsFirst: true);
        _expand = weights.Conv2d(inputs, hidden, kernel: 1, bias: true);
        _spatial = weights.Conv2d(hidden, hidden, kernel: 3, stride: halves ? 2 : 1, padding: 1, bias: true, groups: hidden);
        _contract = weights.Conv2d(hidden, outputs, kernel: 1, bias: true);
        RegisterComponents();
    }

    /// <summary>All weights, for a kernel that computes the same.</summary>
    public InvertedBottleneckWeights Weights => new(
        _norm.Affine, Folded(_expand), new(_spatial.weight!, _spatial.bias!, _halves ? 2 : 1, _spatial.groups), Folded(_contract),
        _shortcut is null ? null : Folded(_shortcut.Expand));

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var shortcut = _halves ? Pool(x) : x;
        if (_shortcut is not null)
            shortcut = _shortcut.call(shortcut);
        var expanded = nn.functional.gelu(_expand.call(_norm.call(x)));
        var hidden = nn.functional.gelu(_spatial.call(expanded));
        return _contract.call(hidden).Plus(shortcut).MoveToOuterDisposeScope();
    }

    private static FoldedConvolution Folded(Conv2d convolution) => new(convolution.weight!, convolution.bias!);

    // The mean of the pixels that are there: those beyond the edge do not count.
    private static Tensor Pool(Tensor x) => nn.functional.avg_pool2d(x, 3, stride: 2, padding: 1, count_include_pad: false);

    // timm rounds to multiples of 8, and up where that would lose more than a tenth (make_divisible).
    private static long HiddenWidth(long outputs)
    {
        const long Multiple = 8;
        var wanted = outputs * Expansion;
        var rounded = Math.Max(Multiple, (wanted + Multiple / 2) / Multiple * Multiple);
        return 10 * rounded < 9 * wanted ? rounded + Multiple : rounded;
    }
}
