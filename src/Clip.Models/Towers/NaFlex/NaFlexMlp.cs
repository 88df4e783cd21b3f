namespace Clip.Models;

/// <summary>A gated MLP whose gate and hidden channels come from one matrix (timm, mlp.py, GluMlp).</summary>
/// <remarks>Maps [N, L, W] to the same shape. Source: Shazeer 2020, "GLU Variants Improve Transformer", section 2 (SwiGLU).</remarks>
internal sealed class NaFlexMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public NaFlexMlp(WeightFactory weights, TransformerConfig config)
        : base(nameof(NaFlexMlp))
    {
        _expand = new LinearLayer(weights, config.Width, 2L * config.MlpWidth);
        _contract = new LinearLayer(weights, config.MlpWidth, config.Width);
        RegisterComponents();
    }

    /// <summary>The layer into the gate, whose rows come first, and the hidden channels.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>The layer out of the hidden channels.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var parts = _expand.call(x).chunk(2, dim: -1);                                      // 2 x [N, L, hidden]
        return _contract.call(nn.functional.silu(parts[0]) * parts[1]).MoveToOuterDisposeScope();
    }
}
