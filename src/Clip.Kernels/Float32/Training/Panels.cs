using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Training;

/// <summary>The right side of a matrix product in the order in which tiles read it, packed anew for every product.</summary>
/// <remarks>
/// Panels of as many outputs as a tile has columns; in a panel, for each input in turn, its factors for all outputs. The last panel is filled up with zeros.
/// </remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class Panels<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private static int Columns => TileKernel<TSimd, TVector>.Columns;

    /// <summary>How many panels there are.</summary>
    public static nint Count(nint outputs) => (outputs + Columns - 1) / Columns;

    /// <summary>Columns of all panels together.</summary>
    public static nint Padded(nint outputs) => Count(outputs) * Columns;

    /// <summary>Elements that panels take.</summary>
    public static nint Length(nint inputs, nint outputs) => Padded(outputs) * inputs;

    /// <summary>Packs a matrix whose rows are the outputs; every thread of the team some panels.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="matrix">[outputs, inputs].</param>
    /// <param name="inputs">Columns of the matrix.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="panels">Receives the panels.</param>
    public static void PackTransposed(ThreadTeam team, float* matrix, nint inputs, nint outputs, float* panels)
    {
        foreach (var chunk in team.Chunks(Count(outputs), PanelsWorthTaking(inputs)))
        {
            for (var panel = chunk.First; panel < chunk.End; panel++)
                PackTransposed(matrix + panel * Columns * inputs, inputs, inputs, nint.Min(Columns, outputs - panel * Columns), panels + panel * Columns * inputs);
        }
    }

    /// <summary>Packs one panel of a matrix whose rows are the outputs.</summary>
    /// <param name="matrix">The first of its outputs.</param>
    /// <param name="stride">Elements from one output to the next.</param>
    /// <param name="inputs">Elements of an output.</param>
    /// <param name="count">Outputs, at most as many as a tile has columns.</param>
    /// <param name="panel">Receives the panel.</param>
    public static void PackTransposed(float* matrix, nint stride, nint inputs, nint count, float* panel)
    {
        if (count < Columns)
            new Span<float>(panel, checked((int)(Columns * inputs))).Clear();
        // So many inputs that what is written stays in the first cache.
        const int InputsAtOnce = 64;
        for (nint input = 0; input < inputs; input += InputsAtOnce)
            Transposition.Copy(matrix + input, stride, count, nint.Min(InputsAtOnce, inputs - input), panel + input * Columns, Columns);
    }

    /// <summary>Packs all panels of a matrix whose rows are the outputs, on the calling thread.</summary>
    /// <param name="matrix">The first of its outputs.</param>
    /// <param name="stride">Elements from one output to the next.</param>
    /// <param name="inputs">Elements of an output.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="panels">Receives the panels.</param>
    public static void PackAllTransposed(float* matrix, nint stride, nint inputs, nint outputs, float* panels)
    {
        for (nint output = 0; output < outputs; output += Columns)
            PackTransposed(matrix + output * stride, stride, inputs, nint.Min(Columns, outputs - output), panels + output * inputs);
    }

    /// <summary>Packs rows that are the inputs; every thread of the team some rows of all panels.</summary>
    /// <param name="team">Who works on it.</param>
    /// <param name="source">Gives the rows.</param>
    /// <param name="inputs">How many rows.</param>
    /// <param name="outputs">Elements of a row.</param>
    /// <param name="panels">Receives the panels.</param>
    /// <param name="buffer">Room of this thread for a row.</param>
    public static void Pack<TRows>(ThreadTeam team, TRows source, nint inputs, nint outputs, float* panels, float* buffer)
        where TRows : struct, IRows
    {
        foreach (var rows in team.Chunks(inputs, PanelsWorthTaking(outputs)))
        {
            for (var row = rows.First; row < rows.End; row++)
                PackRow(source.Get(row, buffer), outputs, panels + row * Columns, inputs * Columns);
        }
    }

    /// <summary>Packs rows that are the inputs, on the calling thread.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="inputs">How many rows.</param>
    /// <param name="outputs">Elements of a row.</param>
    /// <param name="panels">Receives the panels.</param>
    public static void PackAlone(float* first, nint stride, nint inputs, nint outputs, float* panels)
    {
        for (nint row = 0; row < inputs; row++)
            PackInput(first + row * stride, row, inputs, outputs, panels);
    }

    /// <summary>Packs a row that is one of the inputs.</summary>
    /// <param name="row">Its first element.</param>
    /// <param name="input">Which it is.</param>
    /// <param name="inputs">How many there are.</param>
    /// <param name="outputs">Elements of the row.</param>
    /// <param name="panels">Receives the row.</param>
    public static void PackInput(float* row, nint input, nint inputs, nint outputs, float* panels) =>
        PackRow(row, outputs, panels + input * Columns, inputs * Columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRow(float* row, nint outputs, float* target, nint panelLength)
    {
        nint column = 0;
        for (; column + Columns <= outputs; column += Columns, target += panelLength)
        {
            for (var i = 0; i < TSimd.TileVectors; i++)
                TSimd.Store(TSimd.Load(row + column + i * TSimd.Lanes), target + i * TSimd.Lanes);
        }
        if (column == outputs)
            return;
        new Span<float>(target, Columns).Clear();
        RowCopy.Copy(row + column, 0, target, 0, 1, (int)(outputs - column));
    }

    // About 20 microseconds.
    private static nint PanelsWorthTaking(nint elements) => 20_000 / elements + 1;
}
