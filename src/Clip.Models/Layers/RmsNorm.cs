using Clip.Shared;

namespace Clip.Models;

/// <summary>Divides by the root of the mean square and multiplies by a gain per channel; no mean is taken off, no bias added.</summary>
/// <remarks>Maps [..., W] to the same shape and dtype, in the precision of its gains. Source: Zhang and Sennrich 2019.</remarks>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")] private Parameter _weight;

    public RmsNorm(WeightFactory weights, long width, double epsilon)
        : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        _weight = weights.Sensitive(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var precise = x.to(_weight.dtype);
        var scale = precise.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return (precise * scale * _weight).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Sets gains to one.</summary>
    public void Initialize() => nn.init.ones_(_weight);
}
