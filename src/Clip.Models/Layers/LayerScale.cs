using Clip.Shared;

namespace Clip.Models;

/// <summary>A learned gain per channel on a residual branch.</summary>
/// <remarks>Maps [N, L, W] to the same shape. Source: Touvron et al. 2021, "Going deeper with Image Transformers", section 2.1.</remarks>
internal sealed class LayerScale : nn.Module<Tensor, Tensor>
{
    private readonly double _initialValue;

    [ComponentName(Name = "gamma")] private Parameter _gamma;

    public LayerScale(WeightFactory weights, long width, double initialValue)
        : base(nameof(LayerScale))
    {
        _initialValue = initialValue;
        _gamma = weights.Sensitive(width);
        RegisterComponents();
    }

    /// <summary>The gains [W].</summary>
    public Parameter Gamma => _gamma;

    public override Tensor forward(Tensor x)
    {
        if (x.dtype == _gamma.dtype)
            return x * _gamma;

        using var gamma = _gamma.to(x.dtype);
        return x * gamma;
    }

    /// <summary>Sets all gains to the initial value.</summary>
    public void Initialize() => _gamma.Initialize(_initialValue);
}
