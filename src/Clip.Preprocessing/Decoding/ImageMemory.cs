using System.Buffers;

namespace Clip.Preprocessing.Decoding;

/// <summary>Memory for files and pixels, used again and again.</summary>
/// <remarks>
/// Small arrays come from the shared pool, whose slots hold what they were given for as long as a thread lives. Large ones are remembered by weak
/// references, so that the next full collection takes those that are idle, and the largest are not kept at all.
/// </remarks>
internal static class ImageMemory
{
    private const int SmallLength = 1 << 20;
    private const int LargestKept = 64 << 20;

    private static readonly WeakReference<byte[]>?[] Idle = new WeakReference<byte[]>?[Math.Max(4, 2 * Environment.ProcessorCount)];

    /// <summary>Takes an array of at least that length, with anything in it.</summary>
    public static byte[] Rent(int length) => length <= SmallLength
        ? ArrayPool<byte>.Shared.Rent(length)
        : TakeIdle(length) ?? GC.AllocateUninitializedArray<byte>(Rounded(length));

    /// <summary>Takes an array of at least that length, with zeros in the first elements.</summary>
    public static byte[] RentCleared(int length)
    {
        var array = length <= SmallLength ? ArrayPool<byte>.Shared.Rent(length) : TakeIdle(length);
        if (array is null)
            return new byte[Rounded(length)];
        array.AsSpan(0, length).Clear();
        return array;
    }

    /// <summary>Gives an array back.</summary>
    public static void Return(byte[] array)
    {
        if (array.Length <= SmallLength)
            ArrayPool<byte>.Shared.Return(array);
        else if (array.Length <= LargestKept)
            Keep(array);
    }

    private static byte[]? TakeIdle(int length)
    {
        for (var i = 0; i < Idle.Length; i++)
        {
            // Whoever has the reference in hand owns the slot; an array of more than twice the length would be wasted here.
            if (Interlocked.Exchange(ref Idle[i], null) is not { } slot)
                continue;
            var fits = slot.TryGetTarget(out var array) && array.Length >= length && array.Length / 2 <= length;
            if (fits)
                slot.SetTarget([]);
            Interlocked.CompareExchange(ref Idle[i], slot, null);
            if (fits)
                return array;
        }
        return null;
    }

    private static void Keep(byte[] array)
    {
        for (var i = 0; i < Idle.Length; i++)
        {
            var slot = Interlocked.Exchange(ref Idle[i], null) ?? new WeakReference<byte[]>([]);
            var isFree = !slot.TryGetTarget(out var held) || held.Length == 0;
            if (isFree)
                slot.SetTarget(array);
            Interlocked.CompareExchange(ref Idle[i], slot, null);
            if (isFree)
                return;
        }
    }

    // Images of almost the same size take each other's arrays.
    private static int Rounded(int length) =>
        length <= LargestKept ? (length + SmallLength - 1) / SmallLength * SmallLength : length;
}
