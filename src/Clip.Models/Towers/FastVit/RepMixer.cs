using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Mixes positions by a depthwise convolution: x + gain · (mixer(x) - norm(x)); or the one convolution that this folds to.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Vasu et al. 2023, "FastViT", section 3.1.</remarks>
internal sealed class RepMixer : nn.Module<Tensor, Tensor>
{
    private readonly long _channels;
    private readonly (long Height, long Width) _kernel;

    [ComponentName(Name = "norm")] private readonly MobileOneBlock? _norm;
    [ComponentName(Name = "mixer")] private readonly MobileOneBlock? _mixer;
    [ComponentName(Name = "layer_scale")] private readonly ChannelScale? _scale;
    [ComponentName(Name = "reparam_conv")] private readonly ConvolutionLayer? _folded;

    public RepMixer(WeightFactory weights, long channels, (long Height, long Width) kernel, bool hasPointwise, bool isFolded)
        : base(nameof(RepMixer))
    {
        (_channels, _kernel) = (channels, kernel);
        if (isFolded)
        {
            _folded = new ConvolutionLayer(weights, channels, channels, kernel, groups: channels, bias: true);
        }
        else
        {
            var shape = new MobileOneShape(channels, channels, kernel) { Groups = channels, HasActivation = false };
            _norm = new MobileOneBlock(weights, shape with { HasConvolution = false, HasPointwise = false }, isFolded: false);
            _mixer = new MobileOneBlock(weights, shape with { HasPointwise = hasPointwise }, isFolded: false);
            _scale = new ChannelScale(weights, channels);
        }
        RegisterComponents();
    }

    /// <summary>All in one convolution; call it in a dispose scope.</summary>
    public FoldedConvolution Fold(ScalarType dtype)
    {
        if (_folded is not null)
            return Kernel.Of(_folded).Fold(dtype, groups: _channels);
        var difference = _mixer!.Fold().Minus(_norm!.Fold()).Times(_scale!.Gains);
        var identity = Kernel.Identity([_channels, 1, _kernel.Height, _kernel.Width], difference.Weight.device);
        return difference.Plus(identity).Fold(dtype, groups: _channels);
    }

    public override Tensor forward(Tensor x)
    {
        if (_folded is not null)
            return _folded.call(x);
        using var scope = NewDisposeScope();
        return x.Plus(_scale!.call(_mixer!.call(x) - _norm!.call(x))).MoveToOuterDisposeScope();
    }
}
