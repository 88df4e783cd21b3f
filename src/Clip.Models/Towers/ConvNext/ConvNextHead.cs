namespace Clip.Models;

/// <summary>The end of a ConvNeXt: the mean over all places, its norm, and the classifier where there is one.</summary>
internal sealed class ConvNextHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "fc")] private readonly LinearLayer? _classifier;

    public ConvNextHead(WeightFactory weights, ConvNextConfig config, int? classes)
        : base(nameof(ConvNextHead))
    {
        _norm = new MixedPrecisionLayerNorm(weights, config.FeatureSize, config.NormEpsilon);
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, config.FeatureSize, outputs);
        RegisterComponents();
    }

    /// <summary>Tokens to features, [N, L, C] to [N, C].</summary>
    public Tensor Pool(Tensor tokens)
    {
        using var mean = tokens.mean([1L]);
        return _norm.call(mean);
    }

    /// <summary>Features to classes, or themselves.</summary>
    public override Tensor forward(Tensor features) => _classifier?.call(features) ?? features;
}
