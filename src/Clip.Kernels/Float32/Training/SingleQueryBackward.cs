using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Operators;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The backward pass of a pre-norm transformer block of which one token per sequence is wanted.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct SingleQueryBackward<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The forward pass.</summary>
    public required SingleQueryForward<TSimd, TVector> Forward { get; init; }

    /// <summary>Where gradients of weights go.</summary>
    public required BlockTargets Targets { get; init; }

    private HeadShape Heads => Forward.Heads;

    private SingleQueryActivations<TSimd, TVector> Kept => Forward.Kept;

    private nint Width => Heads.Width;

    private nint Sequences => Heads.Sequences;

    private nint PerSequence => Heads.Heads * Kept.PaddedWidth;

    private nint SumsLength => RowNorm<TSimd, TVector>.SumsLength(Heads.Tokens, Width);

    private nint LinearLength => LinearGradient<TSimd, TVector>.ScratchLength(Sequences, Width, Width);

    // Of a thread: what a sequence needs, or a head.
    private nint OwnLength => nint.Max(
        (Kept.PaddedLength + Heads.Rows.Longest + 2 * Heads.Heads) * Kept.PaddedWidth + 4 * Heads.Heads * Kept.PaddedLength,
        HeadPanelsLength + Heads.HeadSize * PaddedSequences + Sequences * nint.Max(Kept.PaddedWidth, PaddedSize));

    private nint HeadPanelsLength => nint.Max(Panels<TSimd, TVector>.Length(Width, Heads.HeadSize), Heads.HeadSize * Kept.PaddedWidth);

    private nint PaddedSize => Panels<TSimd, TVector>.Padded(Heads.HeadSize);

    private nint PaddedSequences => Panels<TSimd, TVector>.Padded(Sequences);

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) => Sequences * Width + nint.Max(
        Forward.Mlp.BackwardLength(threads),
        2 * Heads.Tokens * Width + 4 * Sequences * Width + 2 * Sequences * PerSequence + SumsLength + LinearLength + threads * OwnLength);

    /// <summary>Computes gradients; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The block's input, [rows, W].</param>
    /// <param name="gradient">Gradients of its output, [N, W].</param>
    /// <param name="result">Receives gradients of its input, [rows, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* gradient, float* result, float* scratch)
    {
        var middle = scratch;                                        // [N, W]: of what is between the branches
        var attended = middle + Sequences * Width;                   // [N, W]
        var queries = attended + Sequences * Width;                  // [N, W]
        var chosen = queries + Sequences * Width;                    // [N, W]: the chosen tokens, normed
        var ofChosen = chosen + Sequences * Width;                   // [N, W]: their gradients as queries
        var gathered = ofChosen + Sequences * Width;                 // [N, heads, padded W]
        var projected = gathered + Sequences * PerSequence;          // [N, heads, padded W]
        var normed = projected + Sequences * PerSequence;            // [R, W]
        var branch = normed + Heads.Tokens * Width;                  // [R, W]: of what is normed
        var sums = branch + Heads.Tokens * Width;
        var linear = sums + SumsLength;
        var own = linear + LinearLength + team.Rank * OwnLength;
        var norm = Forward.AttentionNorm(input);

        Forward.Mlp.SendBack(team, Targets, gradient, middle, attended);
        team.Barrier();

        var output = Linear(Forward.Weights.OutputWeight, middle, Targets.OutputWeight, Targets.OutputBias, linear);
        output.Prepare(team, new StoredRows(Kept.Attended, Width), own);
        team.Barrier();
        output.Compute(team, attended, default(NoTileEnd));
        var share = team.Share(Heads.Tokens);
        for (var row = share.First; row < share.End; row++)
            norm.Get(row, normed + row * Width);
        team.Barrier();

        Forward.Choose(team, normed, chosen);
        SendBackValues(team, attended, gathered, own);
        team.Barrier();
        SendBackWeights(team, normed, gathered, projected, branch, own);
        team.Barrier();
        SendBackQueries(team, projected, queries, own);
        team.Barrier();

        var inputs = Linear(Forward.Weights.InputWeight, queries, Targets.InputWeight, Targets.InputBias, linear);
        inputs.Prepare(team, new StoredRows(chosen, Width), own);
        team.Barrier();
        inputs.Compute(team, ofChosen, default(NoTileEnd));
        var rows = team.Share(Heads.Tokens);
        new Span<float>(result + rows.First * Width, checked((int)(rows.Count * Width))).Clear();
        team.Barrier();
        var sequences = team.Share(Sequences);
        for (var sequence = sequences.First; sequence < sequences.End; sequence++)
        {
            var first = (nint)Forward.Chosen[sequence] * Width;
            RowCopy.Copy(middle + sequence * Width, 0, result + first, 0, 1, (int)Width);
            RowArithmetic<TSimd, TVector>.Add(new(0, 1), Width, branch + first, ofChosen + sequence * Width);
        }
        team.Barrier();
        norm.SendBack(team, Heads.Tokens, branch, result, result, sums);
        team.Barrier();
        norm.AddSums(team, Heads.Tokens, sums, Targets.AttentionGain, Targets.AttentionShift);
    }

    private LinearGradient<TSimd, TVector> Linear(float* weight, float* gradients, GradientTarget weightGradient, GradientTarget biasGradient, float* scratch) => new()
    {
        Rows = Sequences,
        Inputs = Width,
        Outputs = Width,
        Weight = weight,
        Gradients = gradients,
        WeightGradient = weightGradient,
        BiasGradient = biasGradient,
        Scratch = scratch,
    };

    // Through V times the weighted sums.
    private void SendBackValues(ThreadTeam team, float* attended, float* gathered, float* own)
    {
        var size = (nint)Heads.HeadSize;
        foreach (var chunk in team.Chunks(Heads.Heads, least: 1))
        {
            for (var head = chunk.First; head < chunk.End; head++)
            {
                Panels<TSimd, TVector>.PackAlone(Forward.ValueWeight(head), Width, size, Width, own);
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    attended + head * size, Width, Sequences, size, own, size, Panels<TSimd, TVector>.Count(Width),
                    gathered + head * Kept.PaddedWidth, PerSequence, false);
                AddWeightGradient(
                    attended + head * size, Kept.Gathered + head * Kept.PaddedWidth, Targets.InputWeight.From((2 * Width + head * size) * Width),
                    Targets.InputBias.From(2 * Width + head * size), own);
            }
        }
    }

    // From the queries times the weights of the keys to the queries.
    private void SendBackQueries(ThreadTeam team, float* projected, float* queries, float* own)
    {
        var size = Heads.HeadSize;
        var tile = own + HeadPanelsLength;                                                           // [N, padded head size]
        foreach (var chunk in team.Chunks(Heads.Heads, least: 1))
        {
            for (var head = chunk.First; head < chunk.End; head++)
            {
                Panels<TSimd, TVector>.PackAllTransposed(Forward.KeyWeight(head), Width, Width, size, own);
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    projected + head * Kept.PaddedWidth, PerSequence, Sequences, Width, own, Width, Panels<TSimd, TVector>.Count(size), tile, PaddedSize, false);
                RowCopy.Copy(tile, PaddedSize, queries + head * size, Width, Sequences, size);
                AddWeightGradient(
                    Kept.Queries + head * size, projected + head * Kept.PaddedWidth, Targets.InputWeight.From((Width + head * size) * Width), default, own);
                // A bias of the keys has no effect.
                if (Targets.InputBias is { IsWanted: true, Accumulates: false } bias)
                    new Span<float>(bias.Elements + Width + head * size, size).Clear();
            }
        }
    }

    // Of some rows of the weight: their outputs or gradients [N, head size], transposed, times [N, W]; and of their bias the sums.
    private void AddWeightGradient(float* rows, float* factors, GradientTarget weight, GradientTarget bias, float* own)
    {
        var size = (nint)Heads.HeadSize;
        var transposed = own + HeadPanelsLength;                                                     // [head size, padded N]
        var panels = transposed + size * PaddedSequences;                                            // N inputs
        Transposition.Copy(rows, Width, Sequences, size, transposed, PaddedSequences);
        if (weight.IsWanted)
        {
            Panels<TSimd, TVector>.PackAlone(factors, PerSequence, Sequences, Width, panels);
            PanelProduct<TSimd, TVector>.Compute(
                ThreadTeam.Alone, transposed, PaddedSequences, size, Sequences, panels, Width, weight.Elements, null, weight.Addends, default(NoTileEnd));
        }
        if (!bias.IsWanted)
            return;
        for (nint i = 0; i < size; i++)
        {
            double sum = bias.Accumulates ? bias.Elements[i] : 0;
            for (nint row = 0; row < Sequences; row++)
                sum += transposed[i * PaddedSequences + row];
            bias.Elements[i] = (float)sum;
        }
    }

    // Through the weighted sums and the softmax, to the tokens and to the queries times the weights of the keys.
    private void SendBackWeights(ThreadTeam team, float* normed, float* gathered, float* projected, float* branch, float* own)
    {
        var (heads, paddedWidth, paddedLength) = ((nint)Heads.Heads, Kept.PaddedWidth, Kept.PaddedLength);
        var columns = own;                                                                           // tokens as columns
        var rows = columns + paddedLength * paddedWidth;                                             // tokens as rows
        var factors = rows + Heads.Rows.Longest * paddedWidth;                                       // [2 heads, W] as panels
        var logits = factors + 2 * heads * paddedWidth;                                              // [heads, padded L]
        var transposed = logits + 2 * heads * paddedLength;                                          // [L, 2 heads]
        foreach (var chunk in team.Chunks(Sequences, least: 1))
        {
            for (var sequence = chunk.First; sequence < chunk.End; sequence++)
            {
                var (first, length, visible) = (Heads.Rows.First(sequence) * Width, Heads.Rows.LengthOf(sequence), Forward.VisibleTo(sequence));
                var panels = Panels<TSimd, TVector>.Count(visible);
                var weights = Kept.Weights + sequence * heads * paddedLength;
                var sums = Kept.Gathered + sequence * PerSequence;
                var ofSums = gathered + sequence * PerSequence;
                Panels<TSimd, TVector>.PackAllTransposed(normed + first, Width, Width, visible, columns);
                Panels<TSimd, TVector>.PackAlone(normed + first, Width, visible, Width, rows);
                PanelProduct<TSimd, TVector>.ComputeAlone(ofSums, paddedWidth, heads, Width, columns, Width, panels, logits, paddedLength, false);
                for (nint head = 0; head < heads; head++)
                {
                    var mean = AttentionGradient<TSimd, TVector>.Dot(ofSums + head * paddedWidth, sums + head * paddedWidth, Width);
                    AttentionGradient<TSimd, TVector>.SendBackSoftmax(
                        weights + head * paddedLength, logits + head * paddedLength, panels * TileKernel<TSimd, TVector>.Columns, Heads.Scale, mean);
                }
                PanelProduct<TSimd, TVector>.ComputeAlone(
                    logits, paddedLength, heads, visible, rows, visible, Panels<TSimd, TVector>.Count(Width), projected + sequence * PerSequence, paddedWidth, false);

                // A token is both in the sums and in the logits: one product of both.
                Transposition.Copy(weights, paddedLength, heads, visible, transposed, 2 * heads);
                Transposition.Copy(logits, paddedLength, heads, visible, transposed + heads, 2 * heads);
                PackBoth(ofSums, Kept.Projected + sequence * PerSequence, factors);
                PanelProduct<TSimd, TVector>.Compute(
                    ThreadTeam.Alone, transposed, 2 * heads, visible, 2 * heads, factors, Width, branch + first, null, null, default(NoTileEnd));
                new Span<float>(branch + first + visible * Width, checked((int)((length - visible) * Width))).Clear();
            }
        }
    }

    private void PackBoth(float* upper, float* lower, float* panels)
    {
        for (nint head = 0; head < Heads.Heads; head++)
        {
            Panels<TSimd, TVector>.PackInput(upper + head * Kept.PaddedWidth, head, 2 * Heads.Heads, Width, panels);
            Panels<TSimd, TVector>.PackInput(lower + head * Kept.PaddedWidth, Heads.Heads + head, 2 * Heads.Heads, Width, panels);
        }
    }
}
