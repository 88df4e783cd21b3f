namespace Clip.Models;

/// <summary>The last convolution of a ViTamin, which makes the tokens.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, outputs, H / 2, W / 2].</remarks>
internal sealed class ViTaminPool : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "proj")] private readonly Conv2d _projection;

    public ViTaminPool(WeightFactory weights, long inputs, long outputs)
        : base(nameof(ViTaminPool))
    {
        _norm = new MixedPrecisionLayerNorm(weights, inputs, ViTaminConfig.NormEpsilon, channelsFirst: true);
        _projection = weights.Conv2d(inputs, outputs, kernel: 3, stride: 2, padding: 1, bias: true);
        RegisterComponents();
    }

    /// <summary>The norm.</summary>
    public MixedPrecisionLayerNorm Norm => _norm;

    /// <summary>The convolution.</summary>
    public Conv2d Projection => _projection;

    public override Tensor forward(Tensor x)
    {
        using var normed = _norm.call(x);
        return _projection.call(normed);
    }
}
