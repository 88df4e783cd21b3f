using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Int8;

/// <summary>Weights in 8 bits with a scale per output, in the order in which tiles of a matrix product read them.</summary>
/// <remarks>Panels of as many outputs as a tile has columns; in a panel, for each group of inputs in turn, the weights of all its outputs.</remarks>
/// <typeparam name="TSimd">The arithmetic of float32.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
/// <typeparam name="TInt8">The arithmetic of quantized values.</typeparam>
/// <typeparam name="TSums">Its vectors.</typeparam>
internal sealed unsafe class Int8Matrix<TSimd, TVector, TInt8, TSums> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TInt8 : struct, IInt8Simd<TSums>
    where TSums : struct
{
    // Groups and the starts of sums, integers of 32 bits, lie in memory for as many elements of float32.
    private readonly NativeFloats _weights;
    private readonly NativeFloats _starts;
    private readonly NativeFloats _scales;
    private readonly NativeFloats _bias;

    /// <summary>Quantizes weights.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <exception cref="ArgumentException">There are so many inputs that a sum may not fit in 32 bits.</exception>
    public Int8Matrix(Tensor weight, Tensor? bias)
    {
        (Outputs, Inputs) = ((nint)weight.shape[0], (nint)weight.shape[1]);
        if (Inputs > Int8Range.MostInputs)
            throw new ArgumentException($"A layer of {Inputs} inputs has sums beyond 32 bits; at most {Int8Range.MostInputs} fit.", nameof(weight));

        var columns = Int8Tile<TInt8, TSums>.Columns;
        Groups = (Inputs + Int8Range.GroupSize - 1) / Int8Range.GroupSize;
        Panels = (Outputs + columns - 1) / columns;
        _weights = new NativeFloats(Panels * columns * Groups);
        _starts = new NativeFloats(Panels * columns);
        _scales = new NativeFloats(Panels * columns);
        _bias = new NativeFloats(Panels * columns);
        Quantize(weight, columns);

        if (bias is null)
            return;
        using var values = NativeFloats.Copy(bias);
        new Span<float>(values.Pointer, (int)Outputs).CopyTo(new Span<float>(_bias.Pointer, (int)Outputs));
    }

    /// <summary>Columns of the result.</summary>
    public nint Outputs { get; }

    /// <summary>Columns of what is multiplied.</summary>
    public nint Inputs { get; }

    /// <summary>Groups of inputs; the last is filled up with zeros.</summary>
    public nint Groups { get; }

    /// <summary>Groups of outputs; the last is filled up with zeros.</summary>
    public nint Panels { get; }

    /// <summary>The weights of a panel's outputs.</summary>
    public QuantizedPanel Panel(nint panel)
    {
        var first = panel * Int8Tile<TInt8, TSums>.Columns;
        return new QuantizedPanel
        {
            Weights = (int*)_weights.Pointer + first * Groups,
            Starts = (int*)_starts.Pointer + first,
            Scales = _scales.Pointer + first,
            Bias = _bias.Pointer + first,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _starts.Dispose();
        _scales.Dispose();
        _bias.Dispose();
    }

    private void Quantize(Tensor weight, int columns)
    {
        using var scope = NewDisposeScope();
        var rows = TensorMemory.Dense(weight);
        var source = TensorMemory.Pointer<float>(rows);
        KernelThreads.Shared.Run(KernelThreads.SizeFor((double)Outputs * Inputs), team =>
        {
            using var quantized = new NativeFloats(Groups);
            foreach (var panels in team.Chunks(Panels, least: 1))
            {
                for (var output = panels.First * columns; output < nint.Min(Outputs, panels.End * columns); output++)
                    Quantize(source + output * Inputs, Panel(output / columns), (int)(output % columns), columns, (int*)quantized.Pointer);
            }
        });
        GC.KeepAlive(rows);
    }

    private void Quantize(float* row, QuantizedPanel panel, int column, int columns, int* groups)
    {
        panel.Scales[column] = RowQuantizer<TSimd, TVector>.Compute(row, Inputs, Int8Range.WeightLimit, offset: 0, (byte*)groups);
        for (nint group = 0; group < Groups; group++)
            panel.Weights[group * columns + column] = groups[group];

        var sum = 0;
        for (nint input = 0; input < Inputs; input++)
            sum += ((sbyte*)groups)[input];
        panel.Starts[column] = -Int8Range.InputLimit * sum;
    }
}
