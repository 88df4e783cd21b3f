using Clip.Shared;

namespace Clip.Models;

/// <summary>A learned gain per channel on a residual branch of images.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Touvron et al. 2021, "Going deeper with Image Transformers", section 2.1.</remarks>
internal sealed class ChannelScale : nn.Module<Tensor, Tensor>
{
    private const double InitialValue = 1e-5;

    [ComponentName(Name = "gamma")] private Parameter _gamma;

    public ChannelScale(WeightFactory weights, long channels)
        : base(nameof(ChannelScale))
    {
        _gamma = weights.Sensitive(channels, 1, 1);
        RegisterComponents();
    }

    /// <summary>The gains in double precision, [C]; call it in a dispose scope.</summary>
    public Tensor Gains => _gamma.detach().to(ScalarType.Float64).view(-1);

    public override Tensor forward(Tensor x)
    {
        if (x.dtype == _gamma.dtype)
            return x * _gamma;
        using var gamma = _gamma.to(x.dtype);
        return x * gamma;
    }

    /// <summary>Sets all gains to 1e-5, as the original does.</summary>
    public void Initialize() => _gamma.Initialize(InitialValue);
}
