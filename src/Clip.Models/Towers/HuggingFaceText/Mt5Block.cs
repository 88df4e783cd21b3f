using Clip.Kernels;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A block of mT5: attention, then a gated MLP, each behind a norm and added back onto its input.</summary>
internal sealed class Mt5Block : TransformerBlock
{
    [ComponentName(Name = "ln_1")] private readonly RmsNorm _attentionNorm;
    [ComponentName(Name = "attn")] private readonly Mt5Attention _attention;
    [ComponentName(Name = "ln_2")] private readonly RmsNorm _mlpNorm;
    [ComponentName(Name = "mlp")] private readonly Mt5Mlp _mlp;

    public Mt5Block(WeightFactory weights, Mt5TextConfig config)
        : base(nameof(Mt5Block))
    {
        _attentionNorm = new RmsNorm(weights, config.Width, config.NormEpsilon);
        _attention = new Mt5Attention(weights, config);
        _mlpNorm = new RmsNorm(weights, config.Width, config.NormEpsilon);
        _mlp = new Mt5Mlp(weights, config);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _attention.Output.Weight;

    public override Tensor forward(Tensor x, Tensor? mask) => Compute(x, mask, _attention.call, _mlp.call);

    /// <summary>Moves the matrices into kernels.</summary>
    /// <returns>What computes in place of the block.</returns>
    public Func<Tensor, Tensor?, Tensor> Pack(KernelBackend backend, KernelList kernels)
    {
        // Logits that are not divided by the root of the heads' width make much of small errors in queries and keys.
        var input = kernels.Add(new PackedLinear(backend, _attention.Input, null, neverQuantized: true));
        var output = kernels.Add(new PackedLinear(backend, _attention.Output.Weight, null));
        var gate = kernels.Add(new PackedLinear(backend, _mlp.Layers.Gate.Weight, null, Activation.GeluTanh));
        var expand = kernels.Add(new PackedLinear(backend, _mlp.Layers.Expand.Weight, null));
        // Its inputs are products of two layers, too wide apart for 8 bits.
        var contract = kernels.Add(new PackedLinear(backend, _mlp.Layers.Contract.Weight, null, neverQuantized: true));
        var attention = _attention;
        _attention.Dispose();
        _mlp.Dispose();
        return (x, mask) => Compute(
            x, mask,
            (y, bias) => attention.Compute(y, bias, input.Forward, output.Forward),
            y => contract.Forward(gate.Forward(y) * expand.Forward(y)));
    }

    public void Initialize()
    {
        _attentionNorm.Initialize();
        _attention.Initialize();
        _mlpNorm.Initialize();
        _mlp.Initialize();
    }

    private Tensor Compute(Tensor x, Tensor? mask, Func<Tensor, Tensor?, Tensor> attend, Func<Tensor, Tensor> transform)
    {
        using var scope = NewDisposeScope();
        var attended = x.Plus(attend(_attentionNorm.call(x), mask));                         // [N, L, W]
        return attended.Plus(transform(_mlpNorm.call(attended))).MoveToOuterDisposeScope();  // [N, L, W]
    }
}
