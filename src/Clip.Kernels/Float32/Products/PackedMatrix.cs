using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

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

    /// <summary>Copies weights.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or null.</param>
    public PackedMatrix(Tensor weight, Tensor? bias)
    {
        using var rows = NativeFloats.Copy(weight);
        var columns = TileKernel<TSimd, TVector>.Columns;
        (Outputs, Inputs) = ((nint)weight.shape[0], (nint)weight.shape[1]);
        Panels = (Outputs + columns - 1) / columns;
        _weights = new NativeFloats(Panels * columns * Inputs);
        for (nint output = 0; output < Outputs; output++)
        {
            var source = rows.Pointer + output * Inputs;
            var target = Panel(output / columns) + output % columns;
            for (nint input = 0; input < Inputs; input++)
                target[input * columns] = source[input];
        }

        if (bias is null)
            return;
        using var values = NativeFloats.Copy(bias);
        _bias = new NativeFloats(Panels * columns);
        new Span<float>(values.Pointer, (int)Outputs).CopyTo(new Span<float>(_bias.Pointer, (int)Outputs));
    }

    /// <summary>Packs a convolution with the norm behind it folded in: for each position of the kernel in turn, its channels.</summary>
    public static PackedMatrix<TSimd, TVector> Of(NormedConvolution convolution)
    {
        var (weight, bias) = convolution.Fold();
        return new(weight.permute(0, 2, 3, 1).flatten(1), bias);
    }

    /// <summary>Columns of the result.</summary>
    public nint Outputs { get; }

    /// <summary>Columns of what is multiplied.</summary>
    public nint Inputs { get; }

    /// <summary>Groups of outputs; the last is filled up with zeros.</summary>
    public nint Panels { get; }

    /// <summary>The bias of a panel's outputs; null where there is none.</summary>
    public float* Bias(nint panel) => _bias is null ? null : _bias.Pointer + panel * TileKernel<TSimd, TVector>.Columns;

    /// <summary>The weights of a panel.</summary>
    public float* Panel(nint panel) => _weights.Pointer + panel * TileKernel<TSimd, TVector>.Columns * Inputs;

    /// <inheritdoc/>
    public nint ScratchLength(nint rows) => 0;

    /// <inheritdoc/>
    public void Compute(
        ThreadTeam team, float* inputs, nint rows, float* outputs, nint outputStride, float* scratch,
        float* addends = null, FusedActivation? activation = null) =>
        MatrixProduct<TSimd, TVector>.Compute(team, new PlainRows(inputs, Inputs, Inputs), rows, this, outputs, outputStride, addends, activation);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _bias?.Dispose();
    }
}
