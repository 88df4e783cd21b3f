using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The backward pass of a linear layer: Y = X · Wᵀ + b.</summary>
/// <remarks>dX = dY · W, dW = dYᵀ · X, and db is the sum of the rows of dY. Sums over rows are those of a product, in one order.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct LinearGradient<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int OutputsAtOnce = 64;

    public LinearGradient()
    {
    }

    /// <summary>Rows of X and of dY.</summary>
    public required nint Rows { get; init; }

    /// <summary>Columns of X.</summary>
    public required nint Inputs { get; init; }

    /// <summary>Columns of dY.</summary>
    public required nint Outputs { get; init; }

    /// <summary>W, [outputs, inputs].</summary>
    public required float* Weight { get; init; }

    /// <summary>dY, [rows, outputs].</summary>
    public required float* Gradients { get; init; }

    /// <summary>Where dW goes, if it is wanted.</summary>
    public required GradientTarget WeightGradient { get; init; }

    /// <summary>Where db goes, if it is wanted.</summary>
    public required GradientTarget BiasGradient { get; init; }

    /// <summary>Scratch memory of <see cref="ScratchLength"/> elements.</summary>
    public required float* Scratch { get; init; }

    /// <summary>Elements of scratch memory.</summary>
    public static nint ScratchLength(nint rows, nint inputs, nint outputs) =>
        TransposedStride(rows) * outputs + Panels<TSimd, TVector>.Length(rows, inputs) + Panels<TSimd, TVector>.Length(outputs, inputs);

    private float* Transposed => Scratch;

    // An odd number of cache lines: at a distance that is a power of two, elements of one column would drive each other out of the caches.
    private static nint TransposedStride(nint rows) => ((rows + 15) / 16 | 1) * 16;

    private float* RowPanels => Transposed + TransposedStride(Rows) * Outputs;

    private float* WeightPanels => RowPanels + Panels<TSimd, TVector>.Length(Rows, Inputs);

    /// <summary>Whether dX is wanted.</summary>
    public bool WantsInput { get; init; } = true;

    /// <summary>Packs and transposes; every thread of the team does its share. A barrier must follow.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="inputs">X.</param>
    /// <param name="buffer">Room of this thread for a row of X.</param>
    public void Prepare<TRows>(ThreadTeam team, TRows inputs, float* buffer)
        where TRows : struct, IRows
    {
        if (WantsInput)
            Panels<TSimd, TVector>.Pack(team, new StoredRows(Weight, Inputs), Outputs, Inputs, WeightPanels, buffer);
        if (!WeightGradient.IsWanted && !BiasGradient.IsWanted)
            return;
        foreach (var chunk in team.Chunks((Outputs + OutputsAtOnce - 1) / OutputsAtOnce, 1))
        {
            for (var part = chunk.First; part < chunk.End; part++)
                Transpose(new(part * OutputsAtOnce, nint.Min(Outputs, (part + 1) * OutputsAtOnce)));
        }
        if (WeightGradient.IsWanted)
            Panels<TSimd, TVector>.Pack(team, inputs, Rows, Inputs, RowPanels, buffer);
    }

    /// <summary>Computes the products; every thread of the team does its share. A barrier must follow.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="result">Receives dX, [rows, inputs], if it is wanted.</param>
    /// <param name="end">What happens to it.</param>
    public void Compute<TEnd>(ThreadTeam team, float* result, TEnd end)
        where TEnd : struct, ITileEnd
    {
        if (WantsInput)
            PanelProduct<TSimd, TVector>.Compute(team, Gradients, Outputs, Rows, Outputs, WeightPanels, Inputs, result, null, null, end);
        if (WeightGradient.IsWanted)
        {
            PanelProduct<TSimd, TVector>.Compute(
                team, Transposed, TransposedStride(Rows), Outputs, Rows, RowPanels, Inputs, WeightGradient.Elements, null, WeightGradient.Addends, default(NoTileEnd));
        }
    }

    private void Transpose(WorkRange outputs)
    {
        Transposition.Copy(Gradients + outputs.First, Outputs, Rows, outputs.Count, Transposed + outputs.First * TransposedStride(Rows), TransposedStride(Rows));
        if (!BiasGradient.IsWanted)
            return;
        for (var output = outputs.First; output < outputs.End; output++)
            BiasGradient.Elements[output] = Sum(Transposed + output * TransposedStride(Rows)) + (BiasGradient.Accumulates ? BiasGradient.Elements[output] : 0);
    }

    // In float64 but for the sums of two vectors: over the tokens of a batch these sums may nearly cancel.
    private float Sum(float* elements)
    {
        double sum = 0;
        nint i = 0;
        for (; i <= Rows - 2 * TSimd.Lanes; i += 2 * TSimd.Lanes)
            sum += TSimd.Sum(TSimd.Add(TSimd.Load(elements + i), TSimd.Load(elements + i + TSimd.Lanes)));
        for (; i < Rows; i++)
            sum += elements[i];
        return (float)sum;
    }
}
