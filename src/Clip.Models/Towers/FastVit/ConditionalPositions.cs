using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Tells positions apart by a depthwise 7 x 7 convolution that is added; or the one convolution that this folds to.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Chu et al. 2021, "Conditional Positional Encodings for Vision Transformers", section 3.</remarks>
internal sealed class ConditionalPositions : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "pos_enc")] private readonly ConvolutionLayer? _convolution;
    [ComponentName(Name = "reparam_conv")] private readonly ConvolutionLayer? _folded;

    public ConditionalPositions(WeightFactory weights, long channels, bool isFolded)
        : base(nameof(ConditionalPositions))
    {
        var layer = new ConvolutionLayer(weights, channels, channels, FastVitTrunk.LargeKernel, groups: channels, bias: true);
        if (isFolded)
            _folded = layer;
        else
            _convolution = layer;
        RegisterComponents();
    }

    /// <summary>The sum as one convolution; call it in a dispose scope.</summary>
    public FoldedConvolution Fold(ScalarType dtype)
    {
        var kernel = Kernel.Of((_folded ?? _convolution)!);
        if (_folded is null)
            kernel = kernel.Plus(Kernel.Identity(kernel.Weight.shape, kernel.Weight.device));
        return kernel.Fold(dtype, groups: kernel.Weight.shape[0]);
    }

    public override Tensor forward(Tensor x)
    {
        if (_folded is not null)
            return _folded.call(x);
        using var encoded = _convolution!.call(x);
        return encoded.Plus(x);
    }
}
