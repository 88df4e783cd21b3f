using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The forward pass of a pre-norm transformer block of which one token per sequence is wanted.</summary>
/// <remarks>
/// With one query q per sequence, q · (K x) is (q K) · x for each head, and the sum of weighted values V x is V times the weighted sum of the x: keys and
/// values of the tokens are not computed. A bias of the keys shifts all logits alike and falls out.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct SingleQueryForward<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The weights.</summary>
    public required BlockPointers Weights { get; init; }

    /// <summary>The shape of the attention.</summary>
    public required HeadShape Heads { get; init; }

    /// <summary>The row of each sequence's wanted token, [N].</summary>
    public required long* Chosen { get; init; }

    /// <summary>Hidden channels of the MLP.</summary>
    public required nint Hidden { get; init; }

    /// <summary>What norms add to the variance.</summary>
    public required double Epsilon { get; init; }

    /// <summary>The MLP's activation.</summary>
    public required FusedActivation Activation { get; init; }

    /// <summary>Receives what the backward pass needs.</summary>
    public required SingleQueryActivations<TSimd, TVector> Kept { get; init; }

    /// <summary>The MLP, for the chosen tokens.</summary>
    public MlpPass<TSimd, TVector> Mlp => new()
    {
        Weights = Weights,
        Rows = Heads.Sequences,
        Width = Heads.Width,
        Hidden = Hidden,
        Epsilon = Epsilon,
        Activation = Activation,
        Kept = Kept.Mlp,
    };

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) => nint.Max(
        Mlp.ForwardLength, Heads.Tokens * Heads.Width + 2 * Heads.Sequences * Heads.Width + PanelsLength + threads * OwnLength);

    private nint PanelsLength => Panels<TSimd, TVector>.Length(Heads.Width, Heads.Width);

    // Of a thread: panels of one sequence, or of one head's weights and what it makes of the chosen tokens.
    private nint OwnLength => nint.Max(
        (Kept.PaddedLength + Heads.Rows.Longest) * Kept.PaddedWidth,
        nint.Max(Heads.HeadSize * Kept.PaddedWidth, HeadPanelsLength) + Heads.Sequences * PaddedSize);

    private nint PaddedSize => Panels<TSimd, TVector>.Padded(Heads.HeadSize);

    private nint HeadPanelsLength => Panels<TSimd, TVector>.Length(Heads.Width, Heads.HeadSize);

    /// <summary>The norm before the attention.</summary>
    /// <param name="input">The block's input.</param>
    public RowNorm<TSimd, TVector> AttentionNorm(float* input) =>
        new(Heads.Width, Weights.AttentionGain, Weights.AttentionShift, Epsilon, input, Kept.AttentionStatistics);

    /// <summary>Tokens of a sequence that its chosen one sees.</summary>
    public nint VisibleTo(nint sequence) =>
        Heads.Causal ? (nint)Chosen[sequence] - Heads.Rows.First(sequence) + 1 : Heads.Rows.LengthOf(sequence);

    /// <summary>Computes the block; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">[rows, W].</param>
    /// <param name="output">[N, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* output, float* scratch)
    {
        var (sequences, width) = (Heads.Sequences, Heads.Width);
        var normed = scratch;                                        // [R, W]
        var chosen = normed + Heads.Tokens * width;                  // [N, W]: normed
        var residual = chosen + sequences * width;                   // [N, W]
        var panels = residual + sequences * width;
        var own = panels + PanelsLength + team.Rank * OwnLength;

        AttentionNorm(input).Compute(team.Share(Heads.Tokens), normed);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.InputWeight, width, width, panels);
        team.Barrier();
        Choose(team, normed, chosen);
        Choose(team, input, residual);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, chosen, width, sequences, width, panels, width, Kept.Queries, Weights.InputBias, null, default(NoTileEnd));
        team.Barrier();
        ProjectQueries(team, own);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.OutputWeight, width, width, panels);
        team.Barrier();
        Gather(team, normed, own);
        team.Barrier();
        ProjectValues(team, own);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, Kept.Attended, width, sequences, width, panels, width, Kept.Mlp.Input, Weights.OutputBias, residual, default(NoTileEnd));
        team.Barrier();
        Mlp.Compute(team, output, scratch);
    }

    /// <summary>Copies the chosen rows.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="rows">[rows, W].</param>
    /// <param name="target">[N, W].</param>
    public void Choose(ThreadTeam team, float* rows, float* target)
    {
        var share = team.Share(Heads.Sequences);
        for (var i = share.First; i < share.End; i++)
            RowCopy.Copy(rows + (nint)Chosen[i] * Heads.Width, 0, target + i * Heads.Width, 0, 1, (int)Heads.Width);
    }

    /// <summary>A head's rows of the keys' weights.</summary>
    public float* KeyWeight(nint head) => Weights.InputWeight + (Heads.Width + head * Heads.HeadSize) * Heads.Width;

    /// <summary>A head's rows of the values' weights.</summary>
    public float* ValueWeight(nint head) => Weights.InputWeight + (2 * Heads.Width + head * Heads.HeadSize) * Heads.Width;

    private void ProjectQueries(ThreadTeam team, float* panels)
    {
        var (size, stride) = ((nint)Heads.HeadSize, Heads.Heads * Kept.PaddedWidth);
        foreach (var chunk in team.Chunks(Heads.Heads, least: 1))
        {
            for (var head = chunk.First; head < chunk.End; head++)
            {
                Panels<TSimd, TVector>.PackAlone(KeyWeight(head), Heads.Width, size, Heads.Width, panels);
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    Kept.Queries + head * size, Heads.Width, Heads.Sequences, size, panels, size, Panels<TSimd, TVector>.Count(Heads.Width),
                    Kept.Projected + head * Kept.PaddedWidth, stride, false);
            }
        }
    }

    // The heads are queries to the tokens themselves.
    private void Gather(ThreadTeam team, float* normed, float* own)
    {
        var (width, heads) = (Heads.Width, (nint)Heads.Heads);
        var columns = own;                                                                           // tokens as columns
        var rows = columns + Kept.PaddedLength * Kept.PaddedWidth;                                   // tokens as rows
        foreach (var chunk in team.Chunks(Heads.Sequences, least: 1))
        {
            for (var sequence = chunk.First; sequence < chunk.End; sequence++)
            {
                var tokens = normed + Heads.Rows.First(sequence) * width;
                var visible = VisibleTo(sequence);
                Panels<TSimd, TVector>.PackAllTransposed(tokens, width, width, visible, columns);
                Panels<TSimd, TVector>.PackAlone(tokens, width, visible, width, rows);
                var weights = Kept.Weights + sequence * heads * Kept.PaddedLength;
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    Kept.Projected + sequence * heads * Kept.PaddedWidth, Kept.PaddedWidth, heads, width, columns, width, Panels<TSimd, TVector>.Count(visible),
                    weights, Kept.PaddedLength, false);
                for (nint head = 0; head < heads; head++)
                    Softmax<TSimd, TVector>.Compute(weights + head * Kept.PaddedLength, visible, Kept.PaddedLength, Heads.Scale, null);
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    weights, Kept.PaddedLength, heads, visible, rows, visible, Panels<TSimd, TVector>.Count(width),
                    Kept.Gathered + sequence * heads * Kept.PaddedWidth, Kept.PaddedWidth, false);
            }
        }
    }

    private void ProjectValues(ThreadTeam team, float* own)
    {
        var (size, stride) = (Heads.HeadSize, Heads.Heads * Kept.PaddedWidth);
        var result = own + HeadPanelsLength;                                                         // [N, padded head size]
        foreach (var chunk in team.Chunks(Heads.Heads, least: 1))
        {
            for (var head = chunk.First; head < chunk.End; head++)
            {
                Panels<TSimd, TVector>.PackAllTransposed(ValueWeight(head), Heads.Width, Heads.Width, size, own);
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    Kept.Gathered + head * Kept.PaddedWidth, stride, Heads.Sequences, Heads.Width, own, Heads.Width, Panels<TSimd, TVector>.Count(size),
                    result, PaddedSize, false);
                var bias = Weights.InputBias + 2 * Heads.Width + head * size;
                for (nint row = 0; row < Heads.Sequences; row++)
                {
                    for (var i = 0; i < size; i++)
                        Kept.Attended[row * Heads.Width + head * size + i] = result[row * PaddedSize + i] + bias[i];
                }
            }
        }
    }
}
