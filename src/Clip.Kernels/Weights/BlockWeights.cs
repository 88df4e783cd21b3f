namespace Clip.Kernels.Weights;

/// <summary>The weights of a transformer block.</summary>
internal sealed record BlockWeights
{
    /// <summary>Gains and biases [W] of the norm before the attention, or behind it.</summary>
    public required (Tensor Weight, Tensor Bias) AttentionNorm { get; init; }

    /// <summary>Queries, keys and values, [3 W, W].</summary>
    public required Tensor InputWeight { get; init; }

    /// <summary>[3 W].</summary>
    public required Tensor InputBias { get; init; }

    /// <summary>The weights of the attention for one query per sequence.</summary>
    public SingleQueryWeights SingleQuery
    {
        get
        {
            var width = InputWeight.shape[1];
            return new(Part(InputWeight, 0), Part(InputBias, 0), Part(InputWeight, 1), Part(InputWeight, 2), Part(InputBias, 2));

            Tensor Part(Tensor all, int which) => all.narrow(0, which * width, width);
        }
    }

    /// <summary>Gains and biases [W] of a norm of the heads' outputs side by side; null for none.</summary>
    public (Tensor Weight, Tensor Bias)? HeadsNorm { get; init; }

    /// <summary>[W, W].</summary>
    public required Tensor OutputWeight { get; init; }

    /// <summary>[W].</summary>
    public required Tensor OutputBias { get; init; }

    /// <summary>Gain [W] of the attention's branch; null for one.</summary>
    public Tensor? AttentionScale { get; init; }

    /// <summary>Gains and biases [W] of the norm before the MLP, or behind it.</summary>
    public required (Tensor Weight, Tensor Bias) MlpNorm { get; init; }

    /// <summary>Gains and biases [W] of a second norm, between <see cref="MlpNorm"/> and the MLP; null for none.</summary>
    public (Tensor Weight, Tensor Bias)? SecondMlpNorm { get; init; }

    /// <summary>The MLP's first layer, [hidden, W].</summary>
    public required Tensor ExpandWeight { get; init; }

    /// <summary>[hidden].</summary>
    public required Tensor ExpandBias { get; init; }

    /// <summary>The layer [hidden, W] whose activated outputs multiply those of the first; null where the first has the activation.</summary>
    public Tensor? GateWeight { get; init; }

    /// <summary>[hidden]; null where there is no gate.</summary>
    public Tensor? GateBias { get; init; }

    /// <summary>Gains and biases [hidden] of a norm before the MLP's second layer; null for none.</summary>
    public (Tensor Weight, Tensor Bias)? HiddenNorm { get; init; }

    /// <summary>The MLP's second layer, [W, hidden].</summary>
    public required Tensor ContractWeight { get; init; }

    /// <summary>[W].</summary>
    public required Tensor ContractBias { get; init; }

    /// <summary>Gain [W] of the MLP's branch; null for one.</summary>
    public Tensor? MlpScale { get; init; }

    /// <summary>Whether the backward pass is asked for the gradient of a weight.</summary>
    public bool WantGradients => ((Tensor?[])[
        AttentionNorm.Weight, AttentionNorm.Bias, InputWeight, InputBias, HeadsNorm?.Weight, HeadsNorm?.Bias, OutputWeight, OutputBias, AttentionScale,
        MlpNorm.Weight, MlpNorm.Bias, ExpandWeight, ExpandBias, GateWeight, GateBias, HiddenNorm?.Weight, HiddenNorm?.Bias, ContractWeight, ContractBias,
        MlpScale,
    ]).Any(weight => weight is { requires_grad: true });

    /// <summary>The same block with the channels of each query's and key's head in another order: the first of all pairs, then the second.</summary>
    /// <remarks>Products of queries with keys stay the same, and what turns a pair works on elements that are half a head apart.</remarks>
    /// <param name="heads">Attention heads; their channels are even in number.</param>
    public BlockWeights WithSplitPairs(int heads)
    {
        var width = InputWeight.shape[1];
        return this with { InputWeight = Split(InputWeight), InputBias = Split(InputBias) };

        Tensor Split(Tensor rows)
        {
            var pairs = rows.narrow(0, 0, 2 * width).reshape(2 * heads, width / heads / 2, 2, -1);
            var split = pairs.transpose(1, 2).reshape([2 * width, .. rows.shape[1..]]);
            return cat([split, rows.narrow(0, 2 * width, width)]);
        }
    }
}
