using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Vectors of tokens, kept in 16 bits, with those of their positions added in float32.</summary>
internal sealed unsafe class NarrowTokenLookup : ITokenKernel, IDisposable
{
    private readonly WeightFormat _format;
    private readonly Tensor _vectors;
    private readonly NativeFloats _positions;

    private NarrowTokenLookup(Tensor vectors, Tensor positions, WeightFormat format)
    {
        _format = format;
        _vectors = vectors.detach().to(format == WeightFormat.Float16 ? ScalarType.Float16 : ScalarType.BFloat16).contiguous().DetachFromDisposeScope();
        _positions = NativeFloats.Copy(positions);
    }

    /// <summary>Copies the vectors; null where one is beyond the range of the format.</summary>
    /// <param name="vectors">The tokens' vectors [V, W].</param>
    /// <param name="positions">The positions' vectors [L, W].</param>
    /// <param name="format">What the tokens' vectors are rounded to: a format of 16 bits.</param>
    public static NarrowTokenLookup? TryCreate(Tensor vectors, Tensor positions, WeightFormat format)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var kernel = new NarrowTokenLookup(vectors, positions, format);
        if (kernel._vectors.isfinite().all().item<bool>())
            return kernel;
        kernel.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor ids)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = ids.contiguous();
        var (count, length, width) = ((nint)tokens.numel(), (nint)tokens.shape[1], (nint)_vectors.shape[1]);
        Debug.Assert(length * width <= _positions.Length, "Every token has a position.");
        var output = empty([tokens.shape[0], length, width], ScalarType.Float32);
        var table = TensorMemory.Pointer<ushort>(_vectors);
        var source = TensorMemory.Pointer<long>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        for (nint i = 0; i < count; i++)
        {
            var id = source[i];
            if ((ulong)id >= (ulong)_vectors.shape[0])
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {_vectors.shape[0]} tokens.");
            var sum = new Span<float>(target + i * width, (int)width);
            Widen(new ReadOnlySpan<ushort>(table + (nint)id * width, (int)width), sum);
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(_positions.Pointer + i % length * width, (int)width), sum);
        }
        return output.MoveToOuterDisposeScope();
    }

    private void Widen(ReadOnlySpan<ushort> vector, Span<float> target)
    {
        if (_format == WeightFormat.Float16)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(vector), target);
            return;
        }
        for (var i = 0; i < vector.Length; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)vector[i] << 16);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vectors.Dispose();
        _positions.Dispose();
    }
}
