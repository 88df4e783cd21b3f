using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Simd;
using Clip.Kernels.Float32.Threads;
using Clip.Kernels.Weights;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Turns pairs of channels of queries and keys by angles that depend on their places.</summary>
/// <remarks>The pairs are those of <see cref="BlockWeights.WithSplitPairs"/>: elements that are half a head apart.</remarks>
/// <typeparam name="TSimd">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal sealed unsafe class Rotation<TSimd, TVector> : IDisposable
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly NativeFloats _cosines;
    private readonly NativeFloats _sines;
    private readonly int _pairs;

    /// <summary>Copies the angles' cosines and sines.</summary>
    public Rotation(RotaryTable table)
    {
        using var scope = NewDisposeScope();
        var (cosines, sines) = table.ToTensors(ScalarType.Float32, CPU);
        (Length, _pairs) = (table.Length, table.Pairs);
        _cosines = NativeFloats.Copy(cosines);
        _sines = NativeFloats.Copy(sines);
    }

    /// <summary>Tokens of a sequence.</summary>
    public int Length { get; }

    /// <summary>Turns heads in place.</summary>
    /// <param name="rows">Which tokens of all sequences.</param>
    /// <param name="inputs">The heads of all tokens, side by side; the first token is the first of its sequence.</param>
    /// <param name="stride">Elements from one token to the next.</param>
    /// <param name="heads">How many heads of a token are turned.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(WorkRange rows, float* inputs, nint stride, int heads)
    {
        var vectors = _pairs / TSimd.Lanes * TSimd.Lanes;
        for (var row = rows.First; row < rows.End; row++)
        {
            var place = row % Length * _pairs;
            var cosines = _cosines.Pointer + place;
            var sines = _sines.Pointer + place;
            var first = inputs + row * stride;
            for (var head = 0; head < heads; head++, first += 2 * _pairs)
            {
                var second = first + _pairs;
                for (var i = 0; i < vectors; i += TSimd.Lanes)
                {
                    var (a, b) = (TSimd.Load(first + i), TSimd.Load(second + i));
                    var (cosine, sine) = (TSimd.Load(cosines + i), TSimd.Load(sines + i));
                    TSimd.Store(TSimd.Subtract(TSimd.Multiply(a, cosine), TSimd.Multiply(b, sine)), first + i);
                    TSimd.Store(TSimd.MultiplyAdd(b, cosine, TSimd.Multiply(a, sine)), second + i);
                }
                for (var i = vectors; i < _pairs; i++)
                {
                    var (a, b) = (first[i], second[i]);
                    first[i] = a * cosines[i] - b * sines[i];
                    second[i] = MathF.FusedMultiplyAdd(b, cosines[i], a * sines[i]);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cosines.Dispose();
        _sines.Dispose();
    }
}
