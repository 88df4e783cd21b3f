using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Networks;

/// <summary>The packed weights of a block.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed class TransformerBlock<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Copies the weights; gains of branches go into the layers before them.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="epsilon">What norms add to the variance.</param>
    /// <param name="singleQueryHeads">Attention heads, if the block also computes one token per sequence alone; else null.</param>
    /// <param name="pack">Packs the weight and the bias of a linear layer.</param>
    /// <param name="singleQueryFormat">What the weights of that one token's attention are rounded to.</param>
    public TransformerBlock(
        BlockWeights weights, double epsilon, int? singleQueryHeads, Func<Tensor, Tensor, IPackedLinear> pack, WeightFormat singleQueryFormat)
    {
        AttentionNorm = new(weights.AttentionNorm, epsilon);
        Input = pack(weights.InputWeight, weights.InputBias);
        SingleQuery = singleQueryHeads is { } heads ? new(weights.SingleQuery, heads, singleQueryFormat) : null;
        HeadsNorm = weights.HeadsNorm is { } attended ? new(attended, epsilon) : null;
        Output = Scaled(pack, weights.OutputWeight, weights.OutputBias, weights.AttentionScale);
        MlpNorm = new(weights.MlpNorm, epsilon);
        SecondMlpNorm = weights.SecondMlpNorm is { } second ? new(second, epsilon) : null;
        Expand = pack(weights.ExpandWeight, weights.ExpandBias);
        Gate = weights.GateWeight is { } gate ? pack(gate, weights.GateBias!) : null;
        HiddenNorm = weights.HiddenNorm is { } hidden ? new(hidden, epsilon) : null;
        Contract = Scaled(pack, weights.ContractWeight, weights.ContractBias, weights.MlpScale);
    }

    public LayerNorm<TSimd, TVector> AttentionNorm { get; }

    public IPackedLinear Input { get; }

    public SingleQueryAttention<TSimd, TVector>? SingleQuery { get; }

    public LayerNorm<TSimd, TVector>? HeadsNorm { get; }

    public IPackedLinear Output { get; }

    public LayerNorm<TSimd, TVector> MlpNorm { get; }

    public LayerNorm<TSimd, TVector>? SecondMlpNorm { get; }

    public IPackedLinear Expand { get; }

    public IPackedLinear? Gate { get; }

    public LayerNorm<TSimd, TVector>? HiddenNorm { get; }

    public IPackedLinear Contract { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        AttentionNorm.Dispose();
        Input.Dispose();
        SingleQuery?.Dispose();
        HeadsNorm?.Dispose();
        Output.Dispose();
        MlpNorm.Dispose();
        SecondMlpNorm?.Dispose();
        Expand.Dispose();
        Gate?.Dispose();
        HiddenNorm?.Dispose();
        Contract.Dispose();
    }

    // Rows of the weight are outputs.
    private static IPackedLinear Scaled(Func<Tensor, Tensor, IPackedLinear> pack, Tensor weight, Tensor bias, Tensor? gain) =>
        gain is null ? pack(weight, bias) : pack(weight * gain.unsqueeze(1), bias * gain);
}
