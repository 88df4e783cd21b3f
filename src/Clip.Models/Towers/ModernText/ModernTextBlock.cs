using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of open_clip's "modern" text tower: attention, then an MLP, each behind a norm and added back onto its input.</summary>
/// <remarks>Source: open_clip, transformer.py, ModernTextBlock; Gemma Team 2024, "Gemma 2", section 2, for norms behind the branches too.</remarks>
internal sealed class ModernTextBlock : TransformerBlock
{
    [ComponentName(Name = "norm1")] private readonly nn.Module<Tensor, Tensor> _attentionNorm;
    [ComponentName(Name = "attn")] private readonly ModernTextAttention _attention;
    [ComponentName(Name = "norm1_post")] private readonly nn.Module<Tensor, Tensor>? _normBehindAttention;
    [ComponentName(Name = "ls1")] private readonly LayerScale? _attentionScale;
    [ComponentName(Name = "norm2")] private readonly nn.Module<Tensor, Tensor> _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly ModernTextMlp _mlp;
    [ComponentName(Name = "norm2_post")] private readonly nn.Module<Tensor, Tensor>? _normBehindMlp;
    [ComponentName(Name = "ls2")] private readonly LayerScale? _mlpScale;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">Sizes and choices.</param>
    /// <param name="isFirst">Whether it is the first, whose values others mix theirs with.</param>
    /// <param name="rotary">Turns queries and keys; null where nothing does. Borrowed.</param>
    public ModernTextBlock(WeightFactory weights, ModernTextConfig config, bool isFirst, RotaryEmbedding? rotary)
        : base(nameof(ModernTextBlock))
    {
        _attentionNorm = ModernTextNorm.Create(weights, config, config.Width);
        _attention = new ModernTextAttention(weights, config, isFirst, rotary);
        _normBehindAttention = ModernTextNorm.TryCreate(config.SandwichNorms, weights, config, config.Width);
        _attentionScale = CreateScale();
        _mlpNorm = ModernTextNorm.Create(weights, config, config.Width);
        _mlp = new ModernTextMlp(weights, config);
        _normBehindMlp = ModernTextNorm.TryCreate(config.SandwichNorms, weights, config, config.Width);
        _mlpScale = CreateScale();
        RegisterComponents();

        LayerScale? CreateScale() => config.LayerScale is { } gain ? new LayerScale(weights, config.Width, gain) : null;
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _attention.Reference;

    public override Tensor forward(Tensor x, Tensor? mask)
    {
        var (tokens, values) = Compute(x, mask, null);
        values.Dispose();
        return tokens;
    }

    /// <summary>Runs the block with values of the first one too.</summary>
    /// <param name="x">[N, L, W].</param>
    /// <param name="mask">Added to the attention logits; null where the tower is causal.</param>
    /// <param name="firstValues">The first block's values; null in the first block.</param>
    /// <returns>The output, and the block's own values; both [N, L, W].</returns>
    public (Tensor Tokens, Tensor Values) Compute(Tensor x, Tensor? mask, Tensor? firstValues) => Compute(x, mask, firstValues, _attention.Compute, _mlp.call);

    /// <summary>Moves the matrices into kernels.</summary>
    /// <returns>What computes in place of the block.</returns>
    public ModernTextStep Pack(KernelBackend backend, KernelList kernels)
    {
        var (attend, transform) = (_attention.Pack(backend, kernels), _mlp.Pack(backend, kernels));
        return (x, mask, firstValues) => Compute(x, mask, firstValues, attend, transform);
    }

    /// <summary>Draws the matrices.</summary>
    public void Initialize(in ModernTextDeviations deviations)
    {
        _attention.Initialize(deviations.Attention, deviations.Output);
        _mlp.Initialize(deviations.Mlp, deviations.Output);
    }

    private (Tensor Tokens, Tensor Values) Compute(
        Tensor x, Tensor? mask, Tensor? firstValues, ModernTextStep attend, Func<Tensor, Tensor> transform)
    {
        using var scope = NewDisposeScope();
        var (heard, values) = attend(_attentionNorm.call(x), mask, firstValues);
        var attended = x.Plus(Finish(heard, _normBehindAttention, _attentionScale));                         // [N, L, W]
        var output = attended.Plus(Finish(transform(_mlpNorm.call(attended)), _normBehindMlp, _mlpScale));   // [N, L, W]
        return (output.MoveToOuterDisposeScope(), values.MoveToOuterDisposeScope());
    }

    private static Tensor Finish(Tensor branch, nn.Module<Tensor, Tensor>? norm, LayerScale? scale)
    {
        var normed = norm is null ? branch : norm.call(branch);
        return scale is null ? normed : scale.call(normed);
    }
}
