using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A linear layer with a bias or without one; [..., inputs] to [..., outputs].</summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>, ITrainedLayer
{
    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter? _bias;

    public LinearLayer(WeightFactory weights, long inputs, long outputs, bool bias = true)
        : base(nameof(LinearLayer))
    {
        _weight = weights.Matrix(outputs, inputs);
        if (bias)
            _bias = weights.Matrix(outputs);
        RegisterComponents();
    }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight => _weight;

    /// <summary>[outputs], of a layer that has one.</summary>
    public Parameter Bias => _bias!;

    /// <summary>[outputs]; null where the layer has none.</summary>
    public Parameter? BiasOrNull => _bias;

    /// <inheritdoc/>
    public ITrainingKernels? Kernels { get; set; }

    public override Tensor forward(Tensor x) => LinearProduct.Compute(Kernels, x, _weight, _bias);
}
