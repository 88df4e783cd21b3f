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

    private nint Hidden => Forward.Hidden;

    private nint GradientsLength => Rows * nint.Max(Hidden, 4 * Width);

    private nint SumsLength => RowNorm<TSimd, TVector>.SumsLength(Rows, Width);

    private nint OwnLength =>
        nint.Max(AttentionGradient<TSimd, TVector>.ScratchLength(Forward.Heads.Length, Forward.Heads.HeadSize), nint.Max(Width, Hidden));

    private nint LinearLength => nint.Max(
        nint.Max(LinearGradient<TSimd, TVector>.ScratchLength(Rows, Hidden, Width), LinearGradient<TSimd, TVector>.ScratchLength(Rows, Width, Hidden)),
        LinearGradient<TSimd, TVector>.ScratchLength(Rows, Width, 3 * Width));

    /// <summary>Elements of scratch memory.</summary>
    public nint ScratchLength(int threads) => GradientsLength + 2 * Rows * Width + SumsLength + LinearLength + threads * OwnLength;

    /// <summary>Computes gradients; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="input">The block's input, [rows, W].</param>
    /// <param name="gradient">Gradients of its output, [rows, W].</param>
    /// <param name="result">Receives gradients of its input, [rows, W].</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* input, float* gradient, float* result, float* scratch)
    {
        var (weights, kept) = (Forward.Weights, Forward.Kept);
        var wide = scratch;                                          // [R, H], later [R, 3 W] and [R, W]
        var branch = wide + GradientsLength;                         // [R, W]: of what a branch begins with
        var middle = branch + Rows * Width;                          // [R, W]: of what is between the branches
        var sums = middle + Rows * Width;
        var linear = sums + SumsLength;
        var own = linear + LinearLength + team.Rank * OwnLength;

        var contract = Linear(Hidden, Width, weights.ContractWeight, gradient, Targets.ContractWeight, Targets.ContractBias, linear);
        contract.Prepare(team, new ActivatedRows<TSimd, TVector>(Forward.Activation, kept.Hidden, Hidden), own);
        team.Barrier();
        contract.Compute(team, wide, new ActivationGradientEnd<TSimd, TVector>(Forward.Activation, kept.Hidden));
        team.Barrier();

        var expand = Linear(Width, Hidden, weights.ExpandWeight, wide, Targets.ExpandWeight, Targets.ExpandBias, linear);
        expand.Prepare(team, Forward.MlpNorm, own);
        team.Barrier();
        expand.Compute(team, branch, default(NoTileEnd));
        team.Barrier();
        Forward.MlpNorm.SendBack(team, Rows, branch, gradient, middle, sums);
        team.Barrier();
        Forward.MlpNorm.AddSums(team, Rows, sums, Targets.MlpGain, Targets.MlpShift);

        var projected = wide;
        var attended = wide + 3 * Rows * Width;
        var output = Linear(Width, Width, weights.OutputWeight, middle, Targets.OutputWeight, Targets.OutputBias, linear);
        output.Prepare(team, new StoredRows(kept.Attended, Width), own);
        team.Barrier();
        output.Compute(team, attended, default(NoTileEnd));
        team.Barrier();
        AttentionGradient<TSimd, TVector>.Compute(team, Forward.Heads, kept.Projected, kept.Attended, attended, projected, own);
        team.Barrier();

        var norm = Forward.AttentionNorm(input);
        var inputs = Linear(Width, 3 * Width, weights.InputWeight, projected, Targets.InputWeight, Targets.InputBias, linear);
        inputs.Prepare(team, norm, own);
        team.Barrier();
        inputs.Compute(team, branch, default(NoTileEnd));
        team.Barrier();
        norm.SendBack(team, Rows, branch, middle, result, sums);
        team.Barrier();
        norm.AddSums(team, Rows, sums, Targets.AttentionGain, Targets.AttentionShift);
    }

    private LinearGradient<TSimd, TVector> Linear(
        nint inputs, nint outputs, float* weight, float* gradients, GradientTarget weightGradient, GradientTarget biasGradient, float* scratch) => new()
        {
            Rows = Rows,
            Inputs = inputs,
            Outputs = outputs,
            Weight = weight,
            Gradients = gradients,
            WeightGradient = weightGradient,
            BiasGradient = biasGradient,
            Scratch = scratch,
        };
}
