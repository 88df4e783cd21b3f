using System.Diagnostics;
using System.Numerics.Tensors;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Vectors of tokens, kept in float16, with those of their positions added in float32.</summary>
internal sealed unsafe class HalfTokenLookup : ITokenKernel, IDisposable
{
    private readonly Tensor _vectors;
    private readonly NativeFloats _positions;

    private HalfTokenLookup(Tensor vectors, Tensor positions)
    {
        _vectors = vectors.detach().to(ScalarType.Float16).contiguous().DetachFromDisposeScope();
        _positions = NativeFloats.Copy(positions);
    }

    /// <summary>Copies the vectors; null where one is beyond the range of float16.</summary>
    /// <param name="vectors">The tokens' vectors [V, W].</param>
    /// <param name="positions">The positions' vectors [L, W].</param>
    public static HalfTokenLookup? TryCreate(Tensor vectors, Tensor positions)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var kernel = new HalfTokenLookup(vectors, positions);
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
        var table = TensorMemory.Pointer<Half>(_vectors);
        var source = TensorMemory.Pointer<long>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        for (nint i = 0; i < count; i++)
        {
            var id = source[i];
            if ((ulong)id >= (ulong)_vectors.shape[0])
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {_vectors.shape[0]} tokens.");
            var sum = new Span<float>(target + i * width, (int)width);
            TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>(table + (nint)id * width, (int)width), sum);
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(_positions.Pointer + i % length * width, (int)width), sum);
        }
        return output.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vectors.Dispose();
        _positions.Dispose();
    }
}
