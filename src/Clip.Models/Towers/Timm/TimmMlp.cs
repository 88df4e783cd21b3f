namespace Clip.Models;

/// <summary>Two linear layers with GELU between them, by timm's names: [..., inputs] to [..., outputs].</summary>
internal sealed class TimmMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public TimmMlp(WeightFactory weights, long inputs, long hidden, long outputs, bool lastBias = true)
        : base(nameof(TimmMlp))
    {
        _expand = new LinearLayer(weights, inputs, hidden);
        _contract = new LinearLayer(weights, hidden, outputs, lastBias);
        RegisterComponents();
    }

    /// <summary>The layer into the hidden channels.</summary>
    public LinearLayer Expand => _expand;

    /// <summary>The layer out of them.</summary>
    public LinearLayer Contract => _contract;

    public override Tensor forward(Tensor x)
    {
        using var expanded = _expand.call(x);
        using var activated = nn.functional.gelu(expanded);
        return _contract.call(activated);
    }
}
