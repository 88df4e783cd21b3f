namespace Clip.Models;

/// <summary>ViTamin's MLP: a norm of its own, then hidden channels of which one half, through GELU, multiplies the other.</summary>
/// <remarks>Maps [N, L, W] to the same shape. Source: Shazeer 2020, "GLU Variants Improve Transformer" (GEGLU).</remarks>
internal sealed class GatedMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "w0")] private readonly LinearLayer _gate;
    [ComponentName(Name = "w1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "w2")] private readonly LinearLayer _contract;

    public GatedMlp(WeightFactory weights, long width)
        : base(nameof(GatedMlp))
    {
        _norm = new MixedPrecisionLayerNorm(weights, width, ViTaminConfig.NormEpsilon);
        _gate = new LinearLayer(weights, width, ViTaminConfig.MlpRatio * width);
        _expand = new LinearLayer(weights, width, ViTaminConfig.MlpRatio * width);
        _contract = new LinearLayer(weights, ViTaminConfig.MlpRatio * width, width);
        RegisterComponents();
    }

    /// <summary>The norm.</summary>
    public MixedPrecisionLayerNorm Norm => _norm;

    /// <summary>What GELU follows.</summary>
    public LinearLayer Gate => _gate;

    /// <summary>What the gate multiplies.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>From hidden channels to the block's.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var normed = _norm.call(x);
        var hidden = nn.functional.gelu(_gate.call(normed)) * _expand.call(normed);            // [N, L, 2 W]
        return _contract.call(hidden).MoveToOuterDisposeScope();
    }
}
