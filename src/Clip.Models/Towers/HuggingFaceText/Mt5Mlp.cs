namespace Clip.Models;

/// <summary>mT5's gated MLP: GELU of one layer times another, then a third; none has a bias.</summary>
/// <remarks>Maps [N, L, W] to the same. Source: Shazeer 2020, "GLU Variants Improve Transformer".</remarks>
internal sealed class Mt5Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Mt5TextConfig _config;

    [ComponentName(Name = "wi_0")] private readonly LinearLayer _gate;
    [ComponentName(Name = "wi_1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "wo")] private readonly LinearLayer _contract;

    public Mt5Mlp(WeightFactory weights, Mt5TextConfig config)
        : base(nameof(Mt5Mlp))
    {
        _config = config;
        _gate = new LinearLayer(weights, config.Width, config.MlpWidth, bias: false);
        _expand = new LinearLayer(weights, config.Width, config.MlpWidth, bias: false);
        _contract = new LinearLayer(weights, config.MlpWidth, config.Width, bias: false);
        RegisterComponents();
    }

    /// <summary>The layer that is activated, the one beside it, and the one behind both.</summary>
    public (LinearLayer Gate, LinearLayer Expand, LinearLayer Contract) Layers => (_gate, _expand, _contract);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        using var gelu = Activation.GeluTanh.CreateModule();
        return _contract.call(gelu.call(_gate.call(x)) * _expand.call(x)).MoveToOuterDisposeScope();
    }

    public void Initialize()
    {
        nn.init.normal_(_gate.Weight, std: 1 / Math.Sqrt(_config.Width));
        nn.init.normal_(_expand.Weight, std: 1 / Math.Sqrt(_config.Width));
        nn.init.normal_(_contract.Weight, std: 1 / Math.Sqrt(_config.MlpWidth));
    }
}
