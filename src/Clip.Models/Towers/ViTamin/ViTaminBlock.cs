using Clip.Kernels;

namespace Clip.Models;

/// <summary>A pre-norm transformer block with a gated MLP.</summary>
/// <remarks>Maps [N, L, W] to the same shape.</remarks>
internal sealed class ViTaminBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")] private readonly MixedPrecisionLayerNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly ViTaminAttention _attention;
    [ComponentName(Name = "norm2")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly GatedMlp _mlp;

    public ViTaminBlock(WeightFactory weights, ViTaminConfig config)
        : base(nameof(ViTaminBlock))
    {
        _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, ViTaminConfig.NormEpsilon);
        _attention = new ViTaminAttention(weights, config.Width, config.Heads);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, ViTaminConfig.NormEpsilon);
        _mlp = new GatedMlp(weights, config.Width);
        RegisterComponents();
    }

    /// <summary>Moves the matrices into kernels; null where there are none.</summary>
    public PackedViTaminBlock? TryPack(KernelBackend backend, KernelList kernels)
    {
        if (backend.TryCreateMlp(_mlp.WeightsBehind(_mlpNorm)) is not { } branch)
            return null;
        kernels.Add(branch);
        var input = kernels.Add(backend.TryCreateLinear(_attention.Input.Weight, _attention.Input.Bias))!;
        var output = kernels.Add(backend.TryCreateLinear(_attention.Output.Weight, _attention.Output.Bias))!;
        _attention.Input.Dispose();
        _attention.Output.Dispose();
        _mlp.Dispose();
        return new PackedViTaminBlock(_attentionNorm, _attention, input, output, branch);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var attended = x + _attention.call(_attentionNorm.call(x));
        return (attended + _mlp.call(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }
}
