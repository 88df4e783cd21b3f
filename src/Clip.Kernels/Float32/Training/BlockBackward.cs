using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The backward pass of a pre-norm transformer block.</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct BlockBackward<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The forward pass.</summary>
    public required BlockForward<TSimd, TVector> Forward { get; init; }

    /// <summary>Where gradients of weights go.</summary>
    public required BlockTargets Targets { get; init; }

    private nint Rows => Forward.Heads.Tokens;

    private nint Width => Forward.Heads.Width;

    private nint SumsLength => RowNorm<TSimd, TVector>.SumsLength(Rows, Width);

    private nint OwnLength => nint.Max(AttentionGradient<TSimd, TVector>.ScratchLength(Forward.Heads.Rows.Longest, Forward.Heads.HeadSize), Width);

    private nint LinearLength => LinearGradient<TSimd, TVector>.ScratchLength(Rows, Width, 3 * Width);

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) =>
        Rows * Width + nint.Max(Forward.Mlp.BackwardLength(threads), 5 * Rows * Width + SumsLength + LinearLength + threads * OwnLength);

    /// <summary>Computes gradients; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The block's input, [rows, W].</param>
    /// <param name="gradient">Gradients of its output, [rows, W].</param>
    /// <param name="result">Receives gradients of its input, [rows, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* gradient, float* result, float* scratch)
    {
        var (weights, kept) = (Forward.Weights, Forward.Kept);
        var middle = scratch;                                        // [R, W]: of what is between the branches
        var projected = middle + Rows * Width;                       // [R, 3 W]
        var attended = projected + 3 * Rows * Width;                 // [R, W]
        var branch = attended + Rows * Width;                        // [R, W]: of what the branch begins with
        var sums = branch + Rows * Width;
        var linear = sums + SumsLength;
        var own = linear + LinearLength + team.Rank * OwnLength;

        Forward.Mlp.SendBack(team, Targets, gradient, middle, projected);
        team.Barrier();

        var output = Linear(Width, weights.OutputWeight, middle, Targets.OutputWeight, Targets.OutputBias, linear);
        output.Prepare(team, new StoredRows(kept.Attended, Width), own);
        team.Barrier();
        output.Compute(team, attended, default(NoTileEnd));
        team.Barrier();
        AttentionGradient<TSimd, TVector>.Compute(team, Forward.Heads, kept.Projected, kept.Attended, attended, projected, own);
        team.Barrier();

        var norm = Forward.AttentionNorm(input);
        var inputs = Linear(3 * Width, weights.InputWeight, projected, Targets.InputWeight, Targets.InputBias, linear);
        inputs.Prepare(team, norm, own);
        team.Barrier();
        inputs.Compute(team, branch, default(NoTileEnd));
        team.Barrier();
        norm.SendBack(team, Rows, branch, middle, result, sums);
        team.Barrier();
        norm.AddSums(team, Rows, sums, Targets.AttentionGain, Targets.AttentionShift);
    }

    private LinearGradient<TSimd, TVector> Linear(
        nint outputs, float* weight, float* gradients, GradientTarget weightGradient, GradientTarget biasGradient, float* scratch) => new()
        {
            Rows = Rows,
            Inputs = Width,
            Outputs = outputs,
            Weight = weight,
            Gradients = gradients,
            WeightGradient = weightGradient,
            BiasGradient = biasGradient,
            Scratch = scratch,
        };
}
