using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Clip.Kernels.Float32.Simd;

/// <summary>The possible formats of a panel's weights.</summary>
internal static unsafe class TileWeights
{
    public readonly struct Float32 : ITileWeights
    {
        public static int Bytes => sizeof(float);

        public static bool LeavesWide => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Load128(byte* source) => Vector128.Load((float*)source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load256(byte* source) => Vector256.Load((float*)source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load512(byte* source) => Vector512.Load((float*)source);
    }

    /// <summary>Finite ones.</summary>
    /// <remarks>
    /// Exponent and mantissa move to their places in float32, whose exponents are 112 larger: a multiplication adds that and also makes
    /// normal numbers of subnormal ones. .NET 10 has no intrinsics for the instructions that do it.
    /// </remarks>
    public readonly struct Float16 : ITileWeights
    {
        // float32 has 13 more bits of mantissa. What is above sign, exponent and mantissa after the move are copies of the sign.
        private const int Shift = 13, Mask = unchecked((int)0x8FFF_E000);

        // Two to the power of 112, the difference of the exponents' biases of 127 and 15.
        private const float Scale = 5.192296858534828e33f;

        public static int Bytes => sizeof(short);

        public static bool LeavesWide => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Load128(byte* source)
        {
            var bits = Vector128.ShiftLeft(Widen128((short*)source), Shift) & Vector128.Create(Mask);
            return bits.AsSingle() * Vector128.Create(Scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load256(byte* source)
        {
            var bits = Vector256.ShiftLeft(Widen256((short*)source), Shift) & Vector256.Create(Mask);
            return bits.AsSingle() * Vector256.Create(Scale);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load512(byte* source)
        {
            var bits = Vector512.ShiftLeft(Widen512((short*)source), Shift) & Vector512.Create(Mask);
            return bits.AsSingle() * Vector512.Create(Scale);
        }
    }

    /// <summary>The upper halves of float32.</summary>
    public readonly struct BFloat16 : ITileWeights
    {
        private const int Shift = 16;

        public static int Bytes => sizeof(short);

        public static bool LeavesWide => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Load128(byte* source) => Vector128.ShiftLeft(Widen128((short*)source), Shift).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load256(byte* source) => Vector256.ShiftLeft(Widen256((short*)source), Shift).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load512(byte* source) => Vector512.ShiftLeft(Widen512((short*)source), Shift).AsSingle();
    }

    /// <summary>Narrow ones that are widened for one tile, which leaves nothing behind.</summary>
    /// <typeparam name="T">Their format.</typeparam>
    public readonly struct Passing<T> : ITileWeights
        where T : struct, ITileWeights
    {
        public static int Bytes => T.Bytes;

        public static bool LeavesWide => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Load128(byte* source) => T.Load128(source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Load256(byte* source) => T.Load256(source);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Load512(byte* source) => T.Load512(source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Widen128(short* source) =>
        Sse41.IsSupported ? Sse41.ConvertToVector128Int32(source) : Vector128.WidenLower(Vector64.Load(source).ToVector128Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen256(short* source) =>
        Avx2.IsSupported ? Avx2.ConvertToVector256Int32(source)
        : Vector256.Create(Vector128.WidenLower(Vector128.Load(source)), Vector128.WidenUpper(Vector128.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen512(short* source) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector256.Load(source)) : Vector512.Create(Widen256(source), Widen256(source + 8));
}
