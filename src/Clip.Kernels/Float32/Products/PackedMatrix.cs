using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Kernels.Float32.Products;

/// <summary>Weights in the order in which tiles of a matrix product read them.</summary>
/// <remarks>Panels of as many outputs as a tile has columns; in a panel, for each input in turn, the weights of all its outputs.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class PackedMatrix<TSimd, TVector> : IPackedLinear
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly NativeFloats _weights;
    private readonly NativeFloats? _bias;

    /// <summary>Copies weights, on all threads.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="format">What the copies of the weights are rounded to; products and sums stay in float32.</param>
    /// <exception cref="NotSupportedException">A weight is beyond the range of the format.</exception>
    public PackedMatrix(Tensor weight, Tensor? bias, WeightFormat format = WeightFormat.Float32)
    {
        using var scope = NewDisposeScope();
        var rows = TensorMemory.Dense(weight);
        (Outputs, Inputs) = ((nint)weight.shape[0], (nint)weight.shape[1]);
        Panels = (Outputs + Columns - 1) / Columns;
        Format = format;
        // Two narrow weights take the place of one of float32; a panel has an even number of columns.
        _weights = NativeFloats.Uninitialized(Panels * Columns * Inputs * ElementSize / sizeof(float));
        var source = TensorMemory.Pointer<float>(rows);
        var isInRange = true;
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)Outputs * Inputs), team =>
        {
            foreach (var panels in team.Chunks(Panels, PanelsWorthTaking(Inputs)))
            {
                for (var panel = panels.First; panel < panels.End; panel++)
                {
                    if (!Pack(source + panel * Columns * Inputs, (int)nint.Min(Columns, Outputs - panel * Columns), panel))
                        Volatile.Write(ref isInRange, false);
                }
            }
        });
        GC.KeepAlive(rows);
        if (!isInRange)
        {
            _weights.Dispose();
            throw new NotSupportedException($"A weight is beyond the range of {format} or no number: leave the weights unquantized.");
        }

        if (bias is null)
            return;
        using var values = NativeFloats.Copy(bias);
        _bias = new NativeFloats(Panels * Columns);
        new Span<float>(values.Pointer, (int)Outputs).CopyTo(new Span<float>(_bias.Pointer, (int)Outputs));
    }

    /// <summary>Packs a convolution: for each position of the kernel in turn, its channels.</summary>
    public static PackedMatrix<TSimd, TVector> Of(FoldedConvolution convolution) => new(convolution.Matrix, convolution.Bias);

    /// <summary>Packs a convolution with the norm behind it folded in.</summary>
    public static PackedMatrix<TSimd, TVector> Of(NormedConvolution convolution)
    {
        var (weight, bias) = convolution.Fold();
        return Of(new FoldedConvolution(weight, bias));
    }

    /// <summary>Columns of the result.</summary>
    public nint Outputs { get; }

    /// <summary>Columns of what is multiplied.</summary>
    public nint Inputs { get; }

    /// <summary>Groups of outputs; the last is filled up with zeros.</summary>
    public nint Panels { get; }

    /// <summary>The bias of a panel's outputs; null where there is none.</summary>
    public float* Bias(nint panel) => _bias is null ? null : _bias.Pointer + panel * Columns;

    /// <summary>What the weights are rounded to.</summary>
    public WeightFormat Format { get; }

    /// <summary>Bytes of a weight.</summary>
    public int ElementSize => Format == WeightFormat.Float32 ? sizeof(float) : sizeof(short);

    /// <summary>The weights of a panel, in their format.</summary>
    public byte* Panel(nint panel) => (byte*)_weights.Pointer + panel * Columns * Inputs * ElementSize;

    private static int Columns => TileKernel<TSimd, TVector>.Columns;

    /// <inheritdoc/>
    public nint ScratchLength(nint rows) => 0;

    /// <inheritdoc/>
    public void Compute(
        ThreadTeam team, float* inputs, nint rows, float* outputs, nint outputStride, float* scratch,
        float* addends = null, FusedActivation? activation = null) =>
        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(inputs, Inputs, Inputs), rows, this, outputs, outputStride, addends, activation);

    // About 20 microseconds.
    private static nint PanelsWorthTaking(nint inputs) => 20_000 / (Columns * inputs) + 1;

    private bool Pack(float* rows, int count, nint panel)
    {
        var target = Panel(panel);
        FreshMemory.Populate(target, Columns * Inputs * ElementSize);
        switch (Format)
        {
            case WeightFormat.Float16:
                return PanelPacking.Pack<HalfRounding>(rows, Inputs, count, (ushort*)target, Columns);
            case WeightFormat.BFloat16:
                return PanelPacking.Pack<UpperHalfRounding>(rows, Inputs, count, (ushort*)target, Columns);
            default:
                PanelPacking.Pack(rows, Inputs, count, (float*)target, Columns);
                return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias?.Dispose();
    }
}
