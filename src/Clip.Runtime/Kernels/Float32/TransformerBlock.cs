namespace Clip.Runtime.Kernels.Float32;

/// <summary>The packed weights of a block.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed class TransformerBlock<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Copies the weights; gains of branches go into the layers before them.</summary>
    public TransformerBlock(BlockWeights weights, double epsilon)
    {
        var width = weights.OutputWeight.shape[0];
        AttentionNorm = new(weights.AttentionNorm, epsilon);
        Queries = new(weights.InputWeight.narrow(0, 0, width), weights.InputBias.narrow(0, 0, width));
        KeysAndValues = new(weights.InputWeight.narrow(0, width, 2 * width), weights.InputBias.narrow(0, width, 2 * width));
        Output = Scaled(weights.OutputWeight, weights.OutputBias, weights.AttentionScale);
        PerceptronNorm = new(weights.PerceptronNorm, epsilon);
        Expand = new(weights.ExpandWeight, weights.ExpandBias);
        Contract = Scaled(weights.ContractWeight, weights.ContractBias, weights.PerceptronScale);
    }

    public LayerNorm<TSimd, TVector> AttentionNorm { get; }

    public PackedMatrix<TSimd, TVector> Queries { get; }

    public PackedMatrix<TSimd, TVector> KeysAndValues { get; }

    public PackedMatrix<TSimd, TVector> Output { get; }

    public LayerNorm<TSimd, TVector> PerceptronNorm { get; }

    public PackedMatrix<TSimd, TVector> Expand { get; }

    public PackedMatrix<TSimd, TVector> Contract { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        AttentionNorm.Dispose();
        Queries.Dispose();
        KeysAndValues.Dispose();
        Output.Dispose();
        PerceptronNorm.Dispose();
        Expand.Dispose();
        Contract.Dispose();
    }

    // Rows of the weight are outputs.
    private static PackedMatrix<TSimd, TVector> Scaled(Tensor weight, Tensor bias, Tensor? gain) =>
        gain is null ? new(weight, bias) : new(weight * gain.unsqueeze(1), bias * gain);
}
