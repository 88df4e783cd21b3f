using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>Gates channels by two linear layers of their means.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Hu et al. 2018, "Squeeze-and-Excitation Networks", section 3.</remarks>
internal sealed class SqueezeExcite : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly ConvolutionLayer _reduce;
    [ComponentName(Name = "fc2")] private readonly ConvolutionLayer _expand;

    public SqueezeExcite(WeightFactory weights, long channels, long hidden)
        : base(nameof(SqueezeExcite))
    {
        _reduce = new ConvolutionLayer(weights, channels, hidden, (1, 1), bias: true);
        _expand = new ConvolutionLayer(weights, hidden, channels, (1, 1), bias: true);
        RegisterComponents();
    }

    /// <summary>The weights as matrices; call it in a dispose scope.</summary>
    public SqueezeExciteWeights Weights => new(
        _reduce.Weight.detach().flatten(1), _reduce.BiasOrNull!.detach(), _expand.Weight.detach().flatten(1), _expand.BiasOrNull!.detach());

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var means = x.mean([2, 3], keepdim: true);                       // [N, C, 1, 1]
        var gates = _expand.call(_reduce.call(means).relu_()).sigmoid_();
        return (x * gates).MoveToOuterDisposeScope();
    }
}
