namespace Clip.Models;

/// <summary>A linear layer with a bias; [..., inputs] to [..., outputs].</summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private Parameter _weight;
    [ComponentName(Name = "bias")] private Parameter _bias;

    public LinearLayer(WeightFactory weights, long inputs, long outputs)
        : base(nameof(LinearLayer))
    {
        _weight = weights.Matrix(outputs, inputs);
        _bias = weights.Matrix(outputs);
        RegisterComponents();
    }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight => _weight;

    /// <summary>[outputs].</summary>
    public Parameter Bias => _bias;

    public override Tensor forward(Tensor x) => nn.functional.linear(x, _weight, _bias);
}
