using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of ModernBERT: attention, then a gated MLP, each behind a norm and added back onto its input.</summary>
internal sealed class ModernBertBlock : TransformerBlock
{
    private readonly TransformerConfig _config;

    [ComponentName(Name = "attn_norm")] private readonly MixedPrecisionLayerNorm? _attentionNorm;
    [ComponentName(Name = "attn")] private readonly SelfAttention _attention;
    [ComponentName(Name = "mlp_norm")] private readonly MixedPrecisionLayerNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly ModernBertMlp _mlp;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">Sizes and choices.</param>
    /// <param name="isFirst">Whether it is the first, which the norm of the embeddings precedes and which has no other before its attention.</param>
    /// <param name="rotary">Turns queries and keys. Borrowed.</param>
    public ModernBertBlock(WeightFactory weights, TransformerConfig config, bool isFirst, RotaryEmbedding rotary)
        : base(nameof(ModernBertBlock))
    {
        _config = config;
        if (!isFirst)
            _attentionNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon, bias: false);
        _attention = new SelfAttention(weights, config.Width, config.Heads, causal: false, inputBias: false, rotary, outputBias: false);
        _mlpNorm = new MixedPrecisionLayerNorm(weights, config.Width, config.NormEpsilon, bias: false);
        _mlp = new ModernBertMlp(weights, config);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _attention.Output.Weight;

    public override Tensor forward(Tensor x, Tensor? mask) => Compute(x, mask, _attention.call, _mlp.call);

    /// <summary>Moves the matrices into kernels.</summary>
    /// <returns>What computes in place of the block.</returns>
    public Func<Tensor, Tensor?, Tensor> Pack(KernelBackend backend, KernelList kernels)
    {
        var input = kernels.Add(new PackedLinear(backend, _attention.Input.Weight, null));
        var output = kernels.Add(new PackedLinear(backend, _attention.Output.Weight, null));
        var hidden = _config.MlpWidth;
        var gate = kernels.Add(new PackedLinear(backend, _mlp.Expand.Weight.narrow(0, 0, hidden), null, _config.Activation));
        var expand = kernels.Add(new PackedLinear(backend, _mlp.Expand.Weight.narrow(0, hidden, hidden), null));
        // Its inputs are products of two layers, too wide apart for 8 bits.
        var contract = kernels.Add(new PackedLinear(backend, _mlp.Contract.Weight, null, neverQuantized: true));
        var attention = _attention;
        _attention.Dispose();
        _mlp.Dispose();
        return (x, mask) => Compute(
            x, mask,
            (y, seen) => attention.Compute(y, seen, input.Forward, output.Forward),
            y => contract.Forward(gate.Forward(y) * expand.Forward(y)));
    }

    /// <summary>Draws the weights as the original does (transformers, modeling_modernbert.py, _init_weights).</summary>
    /// <param name="deviation">Standard deviation of what goes into a branch.</param>
    public void Initialize(double deviation)
    {
        // What comes out of the branches is smaller, the more of them there are.
        var residual = deviation / Math.Sqrt(2.0 * _config.Layers);
        TruncatedNormal.Fill(_attention.Input.Weight, deviation, ModernBertEncoder.Cutoff);
        TruncatedNormal.Fill(_attention.Output.Weight, residual, ModernBertEncoder.Cutoff);
        TruncatedNormal.Fill(_mlp.Expand.Weight, deviation, ModernBertEncoder.Cutoff);
        TruncatedNormal.Fill(_mlp.Contract.Weight, residual, ModernBertEncoder.Cutoff);
    }

    private Tensor Compute(Tensor x, Tensor? mask, Func<Tensor, Tensor?, Tensor> attend, Func<Tensor, Tensor> transform)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(attend(_attentionNorm is null ? x : _attentionNorm.call(x), mask));  // [N, L, W]
        return attended.Plus(transform(_mlpNorm.call(attended))).MoveToOuterDisposeScope();      // [N, L, W]
    }
}
