using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of a ConvNeXt: each channel looks around by itself, then an MLP mixes the channels of each pixel; added back onto the input.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape. Source: Liu et al. 2022, "A ConvNet for the 2020s", section 2.6 and figure 4.</remarks>
internal sealed class ConvNextBlock : nn.Module<Tensor, Tensor>
{
    private const int Kernel = 7;

    private readonly double? _initialScale;
    private readonly double _epsilon;

    [ComponentName(Name = "conv_dw")] private readonly Conv2d _spatial;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "mlp")] private readonly ConvNextMlp _mlp;
    [ComponentName(Name = "gamma")] private Parameter? _scale;

    public ConvNextBlock(WeightFactory weights, ConvNextConfig config, long width)
        : base(nameof(ConvNextBlock))
    {
        _spatial = weights.Conv2d(width, width, Kernel, padding: Kernel / 2, bias: true, groups: width);
        _norm = new MixedPrecisionLayerNorm(weights, width, config.NormEpsilon);
        _mlp = new ConvNextMlp(weights, width, config.ResponseNorm);
        _epsilon = config.NormEpsilon;
        _initialScale = config.LayerScale;
        if (_initialScale is not null)
            _scale = weights.Sensitive(width);
        RegisterComponents();
    }

    /// <summary>The depthwise convolution.</summary>
    public Conv2d Spatial => _spatial;

    /// <summary>The weights behind the depthwise convolution, for a kernel that computes the same.</summary>
    public MlpWeights Weights => new()
    {
        Norms = [_norm.Affine],
        NormEpsilon = _epsilon,
        Expand = (_mlp.Expand.Weight, _mlp.Expand.Bias),
        Activation = FusedActivation.Gelu,
        Contract = (_mlp.Contract.Weight, _mlp.Contract.Bias),
        Scale = _scale,
    };

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var channelsLast = _spatial.call(x).permute(0, 2, 3, 1);                        // [N, H, W, C]
        var branch = _mlp.call(_norm.call(channelsLast));
        if (_scale is not null)
            branch *= _scale.to(branch.dtype);
        return x.Plus(branch.permute(0, 3, 1, 2)).MoveToOuterDisposeScope();
    }

    public void InitializeScale()
    {
        if (_scale is not null)
            _scale.Initialize(_initialScale!.Value);
    }
}
