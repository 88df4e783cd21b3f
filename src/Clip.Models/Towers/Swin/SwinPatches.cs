namespace Clip.Models;

/// <summary>Projects the patches of images, and norms them: pixels [N, 3, H, W] to [N, h, w, C].</summary>
internal sealed class SwinPatches : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly Conv2d _projection;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;

    public SwinPatches(WeightFactory weights, SwinConfig config)
        : base(nameof(SwinPatches))
    {
        _projection = weights.Conv2d(3, config.Width, config.PatchSize, stride: config.PatchSize, bias: true);
        _norm = new MixedPrecisionLayerNorm(weights, config.Width, SwinConfig.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>The projection.</summary>
    public Conv2d Projection => _projection;

    /// <summary>The norm.</summary>
    public MixedPrecisionLayerNorm Norm => _norm;

    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _norm.call(_projection.call(pixels).permute(0, 2, 3, 1)).contiguous().MoveToOuterDisposeScope();
    }
}
