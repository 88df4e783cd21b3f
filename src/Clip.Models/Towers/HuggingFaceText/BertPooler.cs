namespace Clip.Models;

/// <summary>BERT's own pooling: a linear layer and a hyperbolic tangent over the first token, [N, W] to the same.</summary>
internal sealed class BertPooler : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "dense")] private readonly LinearLayer _dense;

    public BertPooler(WeightFactory weights, long width)
        : base(nameof(BertPooler))
    {
        _dense = new LinearLayer(weights, width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor token)
    {
        using var pooled = _dense.call(token);
        return pooled.tanh();
    }

    public void Initialize()
    {
        nn.init.normal_(_dense.Weight, std: 0.02);
        nn.init.zeros_(_dense.Bias);
    }
}
