using System.Numerics;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>Vectors of tokens with those of their positions added, in float32.</summary>
internal static unsafe class TokenLookup
{
    /// <summary>Looks tokens up.</summary>
    /// <param name="ids">Token ids, int64 [N, L].</param>
    /// <param name="table">The tokens' vectors [V, W].</param>
    /// <param name="positions">The positions' vectors [at least L, W].</param>
    /// <returns>[N, L, W].</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the table.</exception>
    public static Tensor Forward(Tensor ids, Tensor table, Tensor positions)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = ids.contiguous();
        var (count, length, width) = ((nint)tokens.numel(), (nint)tokens.shape[1], (nint)table.shape[1]);
        var output = empty([tokens.shape[0], length, width], ScalarType.Float32);
        var vocabulary = table.shape[0];
        var vectors = TensorMemory.Pointer<float>(table.contiguous());
        var places = TensorMemory.Pointer<float>(positions.contiguous());
        var source = TensorMemory.Pointer<long>(tokens);
        var target = TensorMemory.Pointer<float>(output);
        for (nint i = 0; i < count; i++)
        {
            var id = source[i];
            if ((ulong)id >= (ulong)vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has {vocabulary} tokens.");
            Add(vectors + (nint)id * width, places + i % length * width, target + i * width, width);
        }
        return output.MoveToOuterDisposeScope();
    }

    private static void Add(float* a, float* b, float* sum, nint count)
    {
        nint i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
            (Vector.Load(a + i) + Vector.Load(b + i)).Store(sum + i);
        for (; i < count; i++)
            sum[i] = a[i] + b[i];
    }
}
