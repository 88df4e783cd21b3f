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

    /// <summary>The MLP.</summary>
    public MlpPass<TSimd, TVector> Mlp => new()
    {
        Weights = Weights,
        Rows = Heads.Tokens,
        Width = Heads.Width,
        Hidden = Hidden,
        Epsilon = Epsilon,
        Activation = Activation,
        Kept = Kept.Mlp,
    };

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) => nint.Max(
        Mlp.ForwardLength,
        Heads.Tokens * Heads.Width + InputPanelsLength + OutputPanelsLength
            + threads * Attention<TSimd, TVector>.ScratchLength(Heads.Rows.Longest, Heads.HeadSize));

    private nint InputPanelsLength => Panels<TSimd, TVector>.Length(Heads.Width, 3 * Heads.Width);

    private nint OutputPanelsLength => Panels<TSimd, TVector>.Length(Heads.Width, Heads.Width);

    /// <summary>Computes the block; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">[rows, W].</param>
    /// <param name="output">[rows, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* output, float* scratch)
    {
        var (rows, width) = (Heads.Tokens, Heads.Width);
        var normed = scratch;
        var inputPanels = normed + rows * width;
        var outputPanels = inputPanels + InputPanelsLength;
        var own = outputPanels + OutputPanelsLength + team.Rank * Attention<TSimd, TVector>.ScratchLength(Heads.Rows.Longest, Heads.HeadSize);

        AttentionNorm(input).Compute(team.Share(rows), normed);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.InputWeight, width, 3 * width, inputPanels);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, normed, width, rows, width, inputPanels, 3 * width, Kept.Projected, Weights.InputBias, null, default(NoTileEnd));
        Panels<TSimd, TVector>.PackTransposed(team, Weights.OutputWeight, width, width, outputPanels);
        team.Barrier();
        Attend(team, own);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, Kept.Attended, width, rows, width, outputPanels, width, Kept.Mlp.Input, Weights.OutputBias, input, default(NoTileEnd));
        team.Barrier();
        Mlp.Compute(team, output, scratch);
    }

    private void Attend(ThreadTeam team, float* scratch)
    {
        var (heads, rows) = (Heads, Heads.Rows);
        if (rows.AreEqual)
        {
            Attention<TSimd, TVector>.Compute(team, Inputs(0, rows.Count, rows.Longest), heads.Heads, heads.HeadSize, Kept.Attended, scratch);
            return;
        }
        foreach (var chunk in team.Chunks(rows.Count, least: 1))
        {
            for (var sequence = chunk.First; sequence < chunk.End; sequence++)
            {
                var first = rows.First(sequence);
                Attention<TSimd, TVector>.Compute(
                    ThreadTeam.Alone, Inputs(first, 1, rows.LengthOf(sequence)), heads.Heads, heads.HeadSize, Kept.Attended + first * heads.Width, scratch);
            }
        }
    }

    private AttentionInputs Inputs(nint firstRow, nint sequences, nint length)
    {
        var first = Kept.Projected + firstRow * 3 * Heads.Width;
        return new()
        {
            Queries = first,
            QueryStride = 3 * Heads.Width,
            Keys = first + Heads.Width,
            Values = first + 2 * Heads.Width,
            KeyStride = 3 * Heads.Width,
            Sequences = sequences,
            QueriesPerSequence = length,
            Length = length,
            Scale = Heads.Scale,
            Causal = Heads.Causal,
        };
    }
}
