namespace Clip.Models;

/// <summary>The MLP of an EVA block: with GELU, or gated with SiLU and a norm before its last layer.</summary>
/// <remarks>Maps [N, L, W] to the same shape. Source of the gate: Shazeer 2020, "GLU Variants Improve Transformer", section 2 (SwiGLU).</remarks>
internal sealed class EvaMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly LinearLayer? _expand;
    [ComponentName(Name = "fc1_g")] private readonly LinearLayer? _gate;
    [ComponentName(Name = "fc1_x")] private readonly LinearLayer? _gated;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm? _norm;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public EvaMlp(WeightFactory weights, EvaConfig config)
        : base(nameof(EvaMlp))
    {
        var (width, hidden) = (config.Width, config.MlpWidth);
        if (config.Blocks == EvaBlockKind.Gated)
        {
            _gate = new LinearLayer(weights, width, hidden);
            _gated = new LinearLayer(weights, width, hidden);
            _norm = new MixedPrecisionLayerNorm(weights, hidden, EvaConfig.NormEpsilon);
        }
        else
        {
            _expand = new LinearLayer(weights, width, hidden);
        }
        _contract = new LinearLayer(weights, hidden, width);
        RegisterComponents();
    }

    /// <summary>The layer into the hidden channels.</summary>
    public LinearLayer Expand => (_expand ?? _gated)!;

    /// <summary>The layer whose activated outputs multiply the hidden channels; null where there is none.</summary>
    public LinearLayer? Gate => _gate;

    /// <summary>The norm of the hidden channels; null where there is none.</summary>
    public MixedPrecisionLayerNorm? Norm => _norm;

    /// <summary>The layer out of the hidden channels.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var hidden = _gate is null ? nn.functional.gelu(_expand!.call(x)) : _norm!.call(nn.functional.silu(_gate.call(x)) * _gated!.call(x));
        return _contract.call(hidden).MoveToOuterDisposeScope();
    }
}
