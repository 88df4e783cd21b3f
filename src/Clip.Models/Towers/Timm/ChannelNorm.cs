namespace Clip.Models;

/// <summary>A layer norm over the channels of each pixel.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape; the result has its channels last in memory.</remarks>
internal sealed class ChannelNorm : nn.Module<Tensor, Tensor>
{
    private readonly long[] _shape;
    private readonly double _epsilon;

    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter _bias;

    public ChannelNorm(WeightFactory weights, long channels, double epsilon)
        : base(nameof(ChannelNorm))
    {
        _shape = [channels];
        _epsilon = epsilon;
        _weight = weights.Sensitive(channels);
        _bias = weights.Sensitive(channels);
        RegisterComponents();
    }

    /// <summary>Gains and biases [C].</summary>
    public (Tensor Weight, Tensor Bias) Affine => (_weight, _bias);

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var channelsLast = x.permute(0, 2, 3, 1).to(_weight.dtype);
        var normalized = nn.functional.layer_norm(channelsLast, _shape, _weight, _bias, _epsilon);
        return normalized.to(x.dtype).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Sets gains to one and biases to zero.</summary>
    public void Initialize()
    {
        nn.init.ones_(_weight);
        nn.init.zeros_(_bias);
    }
}
