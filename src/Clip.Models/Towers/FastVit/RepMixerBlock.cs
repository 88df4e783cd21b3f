using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A convolution that mixes positions, and an MLP whose result is added.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape.</remarks>
internal sealed class RepMixerBlock : FastVitBlock
{
    [ComponentName(Name = "token_mixer")] private readonly RepMixer _mixer;
    [ComponentName(Name = "mlp")] private readonly ConvolutionMlp _mlp;
    [ComponentName(Name = "layer_scale")] private readonly ChannelScale _scale;

    public RepMixerBlock(WeightFactory weights, RepMixerShape shape, bool isFolded)
        : base(nameof(RepMixerBlock))
    {
        _mixer = new RepMixer(weights, shape.Channels, shape.MixerKernel, shape.HasPointwise, isFolded);
        _mlp = new ConvolutionMlp(weights, shape.Channels, shape.Hidden, shape.MlpKernel);
        _scale = new ChannelScale(weights, shape.Channels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override FastVitBlockWeights Fold(ScalarType dtype) => new(_mixer.Fold(dtype), null, _mlp.Fold(dtype, _scale.Gains));

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var mixed = _mixer.call(x);
        return mixed.Plus(_scale.call(_mlp.call(mixed))).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the weights as timm does.</summary>
    public void Initialize() => FastVitInitializer.InitializeAll(this);
}
