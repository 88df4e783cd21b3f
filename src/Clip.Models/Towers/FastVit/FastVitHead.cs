namespace Clip.Models;

/// <summary>The classifier of a FastViT, under timm's name for it.</summary>
internal sealed class FastVitHead : nn.Module<Tensor, Tensor>
{
    private const double Deviation = 0.02;

    [ComponentName(Name = "fc")] private readonly LinearLayer _classifier;

    public FastVitHead(WeightFactory weights, long features, long classes)
        : base(nameof(FastVitHead))
    {
        _classifier = new LinearLayer(weights, features, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor features) => _classifier.call(features);

    /// <summary>Draws the weights as timm does.</summary>
    public void Initialize()
    {
        nn.init.trunc_normal_(_classifier.Weight, std: Deviation);
        nn.init.zeros_(_classifier.Bias);
    }
}
