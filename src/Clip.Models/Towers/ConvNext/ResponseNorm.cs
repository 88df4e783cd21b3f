using Clip.Shared;

namespace Clip.Models;

/// <summary>A norm by which channels compete: each is scaled by its length over the image relative to the mean length of all.</summary>
/// <remarks>Maps [N, H, W, C] to the same shape. Source: Woo et al. 2023, "ConvNeXt V2", section 3 (global response normalization).</remarks>
internal sealed class ResponseNorm : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-6;

    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter _bias;

    public ResponseNorm(WeightFactory weights, long channels)
        : base(nameof(ResponseNorm))
    {
        _weight = weights.Sensitive(channels);
        _bias = weights.Sensitive(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var precise = x.to(_weight.dtype);
        var lengths = precise.Squared().sum([1L, 2L], keepdim: true).sqrt();                 // [N, 1, 1, C]
        var relative = lengths / lengths.mean([-1L], keepdim: true).Plus(Epsilon);
        return precise.Plus(_bias.Plus(_weight * (precise * relative))).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Sets gains and biases to zero, which makes the norm the identity.</summary>
    public void Initialize()
    {
        nn.init.zeros_(_weight);
        nn.init.zeros_(_bias);
    }
}
