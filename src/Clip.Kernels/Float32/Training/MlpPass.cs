using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The second half of a pre-norm transformer block, forward and backward: x + contract(f(expand(norm(x)))).</summary>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct MlpPass<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The block's weights.</summary>
    public required BlockPointers Weights { get; init; }

    /// <summary>Tokens, R.</summary>
    public required nint Rows { get; init; }

    /// <summary>W.</summary>
    public required nint Width { get; init; }

    /// <summary>Hidden channels, H.</summary>
    public required nint Hidden { get; init; }

    /// <summary>What the norm adds to the variance.</summary>
    public required double Epsilon { get; init; }

    /// <summary>f.</summary>
    public required FusedActivation Activation { get; init; }

    /// <summary>x, and what the forward pass leaves for the backward pass.</summary>
    public required MlpActivations Kept { get; init; }

    /// <summary>Elements of scratch memory of a forward pass.</summary>
    public nint ForwardLength => Rows * (Width + Hidden) + Panels<TSimd, TVector>.Length(Width, Hidden) + Panels<TSimd, TVector>.Length(Hidden, Width);

    private RowNorm<TSimd, TVector> Norm => new(Width, Weights.MlpGain, Weights.MlpShift, Epsilon, Kept.Input, Kept.Statistics);

    private nint LinearLength =>
        nint.Max(LinearGradient<TSimd, TVector>.ScratchLength(Rows, Hidden, Width), LinearGradient<TSimd, TVector>.ScratchLength(Rows, Width, Hidden));

    private nint OwnLength => nint.Max(Width, Hidden);

    /// <summary>Elements of scratch memory of a backward pass.</summary>
    public nint BackwardLength(int threads) =>
        Rows * (Hidden + Width) + RowNorm<TSimd, TVector>.SumsLength(Rows, Width) + LinearLength + threads * OwnLength;

    /// <summary>Computes the output; every thread of the team calls it when x is there.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="output">[R, W]; it is there after a barrier.</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void Compute(ThreadTeam team, float* output, float* scratch)
    {
        var normed = scratch;
        var activated = normed + Rows * Width;
        var expandPanels = activated + Rows * Hidden;
        var contractPanels = expandPanels + Panels<TSimd, TVector>.Length(Width, Hidden);
        Norm.Compute(team.Share(Rows), normed);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.ExpandWeight, Width, Hidden, expandPanels);
        Panels<TSimd, TVector>.PackTransposed(team, Weights.ContractWeight, Hidden, Width, contractPanels);
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, normed, Width, Rows, Width, expandPanels, Hidden, Kept.Hidden, Weights.ExpandBias, null, new ActivationEnd<TSimd, TVector>(Activation, activated));
        team.Barrier();
        PanelProduct<TSimd, TVector>.Compute(
            team, activated, Hidden, Rows, Hidden, contractPanels, Width, output, Weights.ContractBias, Kept.Input, default(NoTileEnd));
    }

    /// <summary>Computes gradients; every thread of the team calls it.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="targets">Where gradients of weights go.</param>
    /// <param name="gradient">Gradients of the output, [R, W].</param>
    /// <param name="result">Receives gradients of x, [R, W]; they are there after a barrier.</param>
    /// <param name="scratch">Scratch memory of all threads.</param>
    public void SendBack(ThreadTeam team, BlockTargets targets, float* gradient, float* result, float* scratch)
    {
        var wide = scratch;                                          // [R, H]
        var branch = wide + Rows * Hidden;                           // [R, W]
        var sums = branch + Rows * Width;
        var linear = sums + RowNorm<TSimd, TVector>.SumsLength(Rows, Width);
        var own = linear + LinearLength + team.Rank * OwnLength;

        var contract = new LinearGradient<TSimd, TVector>
        {
            Rows = Rows,
            Inputs = Hidden,
            Outputs = Width,
            Weight = Weights.ContractWeight,
            Gradients = gradient,
            WeightGradient = targets.ContractWeight,
            BiasGradient = targets.ContractBias,
            Scratch = linear,
        };
        var activated = new ActivatedRows<TSimd, TVector>(Activation, Kept.Hidden, Hidden);
        contract.Prepare(team, activated, own);
        if (!targets.ContractWeight.IsWanted)
        {
            // Nobody has asked for the rows, but their derivatives are needed all the same.
            var share = team.Share(Rows);
            for (var row = share.First; row < share.End; row++)
                activated.Get(row, own);
        }
        team.Barrier();
        contract.Compute(team, wide, new FactorEnd<TSimd, TVector>(Kept.Hidden));
        team.Barrier();

        var expand = new LinearGradient<TSimd, TVector>
        {
            Rows = Rows,
            Inputs = Width,
            Outputs = Hidden,
            Weight = Weights.ExpandWeight,
            Gradients = wide,
            WeightGradient = targets.ExpandWeight,
            BiasGradient = targets.ExpandBias,
            Scratch = linear,
        };
        expand.Prepare(team, Norm, own);
        team.Barrier();
        expand.Compute(team, branch, default(NoTileEnd));
        team.Barrier();
        Norm.SendBack(team, Rows, branch, gradient, result, sums);
        team.Barrier();
        Norm.AddSums(team, Rows, sums, targets.MlpGain, targets.MlpShift);
    }
}
