using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The forward pass of a pre-norm transformer block.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct BlockForward<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The weights.</summary>
    public required BlockPointers Weights { get; init; }

    /// <summary>The shape of the attention.</summary>
    public required HeadShape Heads { get; init; }

    /// <summary>Hidden channels of the MLP.</summary>
    public required nint Hidden { get; init; }

    /// <summary>What norms add to the variance.</summary>
    public required double Epsilon { get; init; }

    /// <summary>The MLP's activation.</summary>
    public required FusedActivation Activation { get; init; }

    /// <summary>Receives what the backward pass needs.</summary>
    public required BlockActivations Kept { get; init; }

    /// <summary>The norm before the attention.</summary>
    /// <param name="input">The block's input.</param>
    public RowNorm<TSimd, TVector> AttentionNorm(float* input) =>
        new(Heads.Width, Weights.AttentionGain, Weights.AttentionShift, Epsilon, input, Kept.AttentionStatistics);

    /// <summary>The norm before the MLP.</summary>
    public RowNorm<TSimd, TVector> MlpNorm => new(Heads.Width, Weights.MlpGain, Weights.MlpShift, Epsilon, Kept.Middle, Kept.MlpStatistics);

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) =>
        Heads.Tokens * (Heads.Width + Hidden) + EvenPanelsLength + OddPanelsLength + threads * Attention<TSimd, TVector>.ScratchLength(Heads.Length, Heads.HeadSize);

    // Packed weights take turns, so that the next are packed while the last are still read.
    private nint EvenPanelsLength => nint.Max(Panels<TSimd, TVector>.Length(Heads.Width, 3 * Heads.Width), Panels<TSimd, TVector>.Length(Heads.Width, Hidden));

    private nint OddPanelsLength => nint.Max(Panels<TSimd, TVector>.Length(Heads.Width, Heads.Width), Panels<TSimd, TVector>.Length(Hidden, Heads.Width));

    /// <summary>Computes the block; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">[rows, W].</param>
    /// <param name="output">[rows, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* output, float* scratch)
    {
        var (rows, width) = (Heads.Tokens, Heads.Width);
        var normed = scratch;
        var activated = normed + rows * width;
        var evenPanels = activated + rows * Hidden;
        var oddPanels = evenPanels + EvenPanelsLength;
        var own = oddPanels + OddPanelsLength + team.Rank * Attention<TSimd, TVector>.ScratchLength(Heads.Length, Heads.HeadSize);

        AttentionNorm(input).Compute(team.Share(rows), normed);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.InputWeight, width, 3 * width, evenPanels);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, normed, width, rows, width, evenPanels, 3 * width, Kept.Projected, Weights.InputBias, null, default(NoTileEnd));
        Panels<TSimd, TVector>.PackTransposed(team, Weights.OutputWeight, width, width, oddPanels);
        team.Barrier();
        Attention<TSimd, TVector>.Compute(team, AttentionInputs, Heads.Heads, Heads.HeadSize, Kept.Attended, own);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.ExpandWeight, width, Hidden, evenPanels);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(team, Kept.Attended, width, rows, width, oddPanels, width, Kept.Middle, Weights.OutputBias, input, default(NoTileEnd));
        team.Barrier();
        MlpNorm.Compute(team.Share(rows), normed);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.ContractWeight, Hidden, width, oddPanels);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, normed, width, rows, width, evenPanels, Hidden, Kept.Hidden, Weights.ExpandBias, null, new ActivationEnd<TSimd, TVector>(Activation, activated));
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(team, activated, Hidden, rows, Hidden, oddPanels, width, output, Weights.ContractBias, Kept.Middle, default(NoTileEnd));
    }

    private AttentionInputs AttentionInputs => new()
    {
        Queries = Kept.Projected,
        QueryStride = 3 * Heads.Width,
        Keys = Kept.Projected + Heads.Width,
        Values = Kept.Projected + 2 * Heads.Width,
        KeyStride = 3 * Heads.Width,
        Sequences = Heads.Sequences,
        QueriesPerSequence = Heads.Length,
        Length = Heads.Length,
        Scale = Heads.Scale,
        Causal = Heads.Causal,
    };
}
