namespace Clip.Models;

/// <summary>The first convolutions of a ViTamin, at half the resolution of the image.</summary>
/// <remarks>Maps [N, 3, H, W] to [N, C, H / 2, W / 2].</remarks>
internal sealed class ViTaminStem : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _convolution1;
    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _convolution2;

    public ViTaminStem(WeightFactory weights, long width)
        : base(nameof(ViTaminStem))
    {
        _convolution1 = weights.Conv2d(3, width, kernel: 3, stride: 2, padding: 1, bias: true);
        _norm = new MixedPrecisionLayerNorm(weights, width, ViTaminConfig.NormEpsilon, channelsFirst: true);
        _convolution2 = weights.Conv2d(width, width, kernel: 3, padding: 1, bias: true);
        RegisterComponents();
    }

    /// <summary>The convolution of pixels.</summary>
    public Conv2d First => _convolution1;

    /// <summary>The norm behind it.</summary>
    public MixedPrecisionLayerNorm Norm => _norm;

    /// <summary>The convolution behind that.</summary>
    public Conv2d Second => _convolution2;

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _convolution1.weight!;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var activated = nn.functional.gelu(_norm.call(_convolution1.call(x)));
        return _convolution2.call(activated).MoveToOuterDisposeScope();
    }
}
