namespace Clip.Models;

/// <summary>The classifier of a FastViT, under timm's name for it.</summary>
internal sealed class FastVitHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc")] private readonly LinearLayer _classifier;

    public FastVitHead(WeightFactory weights, long features, long classes)
        : base(nameof(FastVitHead))
    {
        _classifier = new LinearLayer(weights, features, classes);
        RegisterComponents();
    }

    /// <summary>The matrix.</summary>
    public LinearLayer Classifier => _classifier;

    public override Tensor forward(Tensor features) => _classifier.call(features);

    /// <summary>Draws the weights as timm does.</summary>
    public void Initialize() => TimmInitializer.Initialize(_classifier.Weight, _classifier.Bias);
}
