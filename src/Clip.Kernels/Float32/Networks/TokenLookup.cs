using System.Diagnostics;
using System.Numerics;
using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Float32.Networks;

/// <summary>Vectors of tokens with those of their positions added, in float32.</summary>
/// <param name="vectors">The tokens' vectors [V, W], dense, in float32 on the CPU; borrowed.</param>
/// <param name="positions">The positions' vectors [L, W], likewise.</param>
internal sealed unsafe class TokenLookup(Tensor vectors, Tensor positions) : ITokenKernel
{
    /// <summary>Makes the kernel; null where the vectors are not dense in float32 on the CPU.</summary>
    public static TokenLookup? TryCreate(Tensor vectors, Tensor positions) =>
        IsReadable(vectors) && IsReadable(positions) ? new(vectors, positions) : null;

    /// <inheritdoc/>
    public Tensor Forward(Tensor ids)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = ids.contiguous();
        var (count, length, width) = ((nint)tokens.numel(), (nint)tokens.shape[1], (nint)vectors.shape[1]);
        Debug.Assert(length <= positions.shape[0] && positions.shape[1] == width, "Every token has a position.");
        var output = empty([tokens.shape[0], length, width], ScalarType.Float32);
        var vocabulary = vectors.shape[0];
        var table = TensorMemory.Pointer<float>(vectors);
        var addends = TensorMemory.Pointer<float>(positions);
        var source = TensorMemory.Pointer<long>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        for (nint i = 0; i < count; i++)
        {
            var id = source[i];
            if ((ulong)id >= (ulong)vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {vocabulary} tokens.");
            Add(table + (nint)id * width, addends + i % length * width, target + i * width, width);
        }
        return output.MoveToOuterDisposeScope();
    }

    private static bool IsReadable(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous();

    private static void Add(float* a, float* b, float* sum, nint count)
    {
        nint i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.Load(a + i) + Vector.Load(b + i)).Store(sum + i);
        for (; i < count; i++)
            sum[i] = a[i] + b[i];
    }
}
