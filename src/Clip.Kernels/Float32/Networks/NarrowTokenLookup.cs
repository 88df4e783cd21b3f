using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Products;
using Clip.Kernels.Float32.Threads;
using Clip.Shared;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Vectors of tokens, kept in 16 bits, with those of their positions added in float32.</summary>
internal sealed unsafe class NarrowTokenLookup : ITokenKernel, IDisposable
{
    // About 20 microseconds.
    private const nint ElementsWorthTaking = 20_000;

    private readonly WeightFormat _format;
    private readonly NativeFloats _vectors;
    private readonly NativeFloats _positions;
    private readonly long _vocabulary;
    private readonly nint _width;

    private NarrowTokenLookup(Tensor vectors, Tensor positions, WeightFormat format)
    {
        _format = format;
        (_vocabulary, _width) = (vectors.shape[0], (nint)vectors.shape[1]);
        _vectors = NativeFloats.Uninitialized((vectors.numel() * sizeof(ushort) + sizeof(float) - 1) / sizeof(float));
        _positions = NativeFloats.Copy(positions);
    }

    private ushort* Table => (ushort*)_vectors.Pointer;

    /// <summary>Rounds the vectors, on all threads; null where one is beyond the range of the format.</summary>
    /// <param name="vectors">The tokens' vectors [V, W].</param>
    /// <param name="positions">The positions' vectors [L, W].</param>
    /// <param name="format">What the tokens' vectors are rounded to: a format of 16 bits.</param>
    public static NarrowTokenLookup? TryCreate(Tensor vectors, Tensor positions, WeightFormat format)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var kernel = new NarrowTokenLookup(vectors, positions, format);
        var source = TensorMemory.Dense(vectors);
        if (format == WeightFormat.Float16 ? kernel.Fill<HalfRounding>(source) : kernel.Fill<UpperHalfRounding>(source))
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
        var (count, length, width) = ((nint)tokens.numel(), (nint)tokens.shape[1], _width);
        Debug.Assert(length * width <= _positions.Length, "Every token has a position.");
        var output = empty([tokens.shape[0], length, width], ScalarType.Float32);
        var table = Table;
        var source = TensorMemory.Pointer<long>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        for (nint i = 0; i < count; i++)
        {
            var id = source[i];
            if ((ulong)id >= (ulong)_vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {_vocabulary} tokens.");
            var sum = new Span<float>(target + i * width, (int)width);
            Widen(new ReadOnlySpan<ushort>(table + (nint)id * width, (int)width), sum);
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(_positions.Pointer + i % length * width, (int)width), sum);
        }
        return output.MoveToOuterDisposeScope();
    }

    // Whether all numbers are in the range.
    private bool Fill<TRounding>(Tensor vectors)
        where TRounding : struct, IRounding
    {
        var source = TensorMemory.Pointer<float>(vectors);
        var target = Table;
        var isInRange = true;
        KernelThreads.Shared.Run(KernelThreads.SizeFor(vectors.numel()), team =>
        {
            foreach (var rows in team.Chunks((nint)_vocabulary, ElementsWorthTaking / _width + 1))
            {
                FreshMemory.Populate(target + rows.First * _width, rows.Count * _width * sizeof(ushort));
                for (var row = rows.First; row < rows.End; row++)
                {
                    var vector = new ReadOnlySpan<float>(source + row * _width, (int)_width);
                    if (LargestMagnitude.Of(vector) >= BitConverter.SingleToUInt32Bits(TRounding.Range))
                        Volatile.Write(ref isInRange, false);
                    TRounding.Round(vector, new Span<ushort>(target + row * _width, (int)_width));
                }
            }
        });
        GC.KeepAlive(vectors);
        return isInRange;
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
