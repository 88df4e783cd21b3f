using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Simd;

namespace Clip.Kernels.Float32.Training;

/// <summary>Multiplies a tile by another matrix, element by element.</summary>
/// <param name="factors">The matrix, in the layout of the result.</param>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal readonly unsafe struct FactorEnd<TSimd, TVector>(float* factors) : ITileEnd
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(float* tile, nint stride, nint row, nint column, int rows, int width)
    {
        var other = factors + row * stride + column;
        for (var i = 0; i < rows; i++, tile += stride, other += stride)
        {
            nint k = 0;
            for (; k <= width - TSimd.Lanes; k += TSimd.Lanes)
                TSimd.Store(TSimd.Multiply(TSimd.Load(tile + k), TSimd.Load(other + k)), tile + k);
            for (; k < width; k++)
                tile[k] *= other[k];
        }
    }
}
