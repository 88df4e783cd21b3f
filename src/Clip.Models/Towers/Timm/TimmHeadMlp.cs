namespace Clip.Models;

/// <summary>Two linear layers with GELU between them: features [N, F] to embeddings [N, E] over 2 E hidden channels.</summary>
internal sealed class TimmHeadMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public TimmHeadMlp(WeightFactory weights, long features, long embeddings, bool bias)
        : base(nameof(TimmHeadMlp))
    {
        _expand = new LinearLayer(weights, features, 2 * embeddings);
        _contract = new LinearLayer(weights, 2 * embeddings, embeddings, bias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features)
    {
        using var expanded = _expand.call(features);
        using var activated = nn.functional.gelu(expanded);
        return _contract.call(activated);
    }
}
