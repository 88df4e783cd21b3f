namespace Clip.Models;

/// <summary>ModernBERT's gated MLP: one half of the hidden channels, activated, times the other, then a second layer; none has a bias.</summary>
/// <remarks>Maps [N, L, W] to the same. Source: Shazeer 2020, "GLU Variants Improve Transformer", section 2.</remarks>
internal sealed class ModernBertMlp : nn.Module<Tensor, Tensor>
{
    private readonly Activation _activation;

    [ComponentName(Name = "Wi")] private readonly LinearLayer _expand;
    [ComponentName(Name = "Wo")] private readonly LinearLayer _contract;

    public ModernBertMlp(WeightFactory weights, TransformerConfig config)
        : base(nameof(ModernBertMlp))
    {
        _activation = config.Activation;
        _expand = new LinearLayer(weights, config.Width, 2 * config.MlpWidth, bias: false);
        _contract = new LinearLayer(weights, config.MlpWidth, config.Width, bias: false);
        RegisterComponents();
    }

    /// <summary>The layer into the hidden channels, those that are activated first.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>The layer out of the hidden channels.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var activation = _activation.CreateModule();
        var halves = _expand.call(x).chunk(2, dim: 2);                                       // 2 x [N, L, hidden]
        return _contract.call(activation.call(halves[0]) * halves[1]).MoveToOuterDisposeScope();
    }
}
