using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A depthwise convolution with a batch norm, and an MLP with GELU on each position.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Vasu et al. 2023, "FastViT", section 3.2.</remarks>
internal sealed class ConvolutionMlp : nn.Module<Tensor, Tensor>
{
    private const double Deviation = 0.02;

    [ComponentName(Name = "conv")] private readonly BatchNormedLayer _spatial;
    [ComponentName(Name = "fc1")] private readonly ConvolutionLayer _expand;
    [ComponentName(Name = "fc2")] private readonly ConvolutionLayer _contract;

    public ConvolutionMlp(WeightFactory weights, long channels, long hidden, (long Height, long Width) kernel)
        : base(nameof(ConvolutionMlp))
    {
        _spatial = new BatchNormedLayer(weights, channels, channels, kernel, groups: channels);
        _expand = new ConvolutionLayer(weights, channels, hidden, (1, 1), bias: true);
        _contract = new ConvolutionLayer(weights, hidden, channels, (1, 1), bias: true);
        RegisterComponents();
    }

    /// <summary>Folds the norm, and gains behind the branch, in [C] float64; call it in a dispose scope.</summary>
    public ConvolutionMlpWeights Fold(ScalarType dtype, Tensor gains)
    {
        var contract = Kernel.Of(_contract).Times(gains).Fold(dtype);
        return new(
            _spatial.Fold().Fold(dtype, groups: _spatial.Convolution.Groups), _expand.Weight.detach().flatten(1), _expand.BiasOrNull!.detach(),
            contract.Matrix, contract.Bias);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.gelu(_expand.call(_spatial.call(x)));         // [N, hidden, H, W]
        return _contract.call(hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights as timm does: truncated normal distributions, zero biases.</summary>
    public void Initialize()
    {
        foreach (var layer in (ConvolutionLayer[])[_spatial.Convolution, _expand, _contract])
        {
            nn.init.trunc_normal_(layer.Weight, std: Deviation);
            if (layer.BiasOrNull is { } bias)
                nn.init.zeros_(bias);
        }
    }
}
