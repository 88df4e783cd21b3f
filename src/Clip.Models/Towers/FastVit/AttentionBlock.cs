using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>Attention over an image, and an MLP, each added to what went in.</summary>
/// <remarks>Maps [N, C, H, W] to the same shape.</remarks>
internal sealed class AttentionBlock : FastVitBlock
{
    [ComponentName(Name = "norm")] private readonly nn.Module<Tensor, Tensor> _norm;
    [ComponentName(Name = "token_mixer")] private readonly GridAttention _attention;
    [ComponentName(Name = "layer_scale_1")] private readonly ChannelScale _attentionScale;
    [ComponentName(Name = "mlp")] private readonly ConvolutionMlp _mlp;
    [ComponentName(Name = "layer_scale_2")] private readonly ChannelScale _mlpScale;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="channels">Channels; a multiple of 32.</param>
    /// <param name="hidden">Hidden channels of the MLP.</param>
    /// <param name="hasLayerNorm">Whether the norm before attention is one over channels, not over the batch.</param>
    public AttentionBlock(WeightFactory weights, long channels, long hidden, bool hasLayerNorm)
        : base(nameof(AttentionBlock))
    {
        _norm = hasLayerNorm ? new MixedPrecisionLayerNorm(weights, channels, GridNorm.Epsilon) : weights.BatchNorm(channels);
        _attention = new GridAttention(weights, channels);
        _attentionScale = new ChannelScale(weights, channels);
        _mlp = new ConvolutionMlp(weights, channels, hidden, FastVitTrunk.LargeKernel);
        _mlpScale = new ChannelScale(weights, channels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override FastVitBlockWeights Fold(ScalarType dtype) =>
        new(null, _attention.Fold(dtype, GridNorm.Of(_norm), _attentionScale.Gains), _mlp.Fold(dtype, _mlpScale.Gains));

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(_attentionScale.call(_attention.call(GridNorm.Of(_norm).Compute(x))));
        return attended.Plus(_mlpScale.call(_mlp.call(attended))).MoveToOuterDisposeScope();
    }
}
