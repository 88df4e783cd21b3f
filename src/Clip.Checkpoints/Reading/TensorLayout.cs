namespace Clip.Checkpoints.Reading;

/// <summary>Checks what a file claims about a tensor's place before anything is read or allocated.</summary>
internal static class TensorLayout
{
    /// <summary>The most dimensions libtorch's own loops go over.</summary>
    public const int MostDimensions = 64;

    /// <summary>The number of elements of a shape, or null when it is more than a 64-bit number holds.</summary>
    public static long? Count(IReadOnlyList<long> shape)
    {
        // An empty dimension makes the others' product meaningless, so it may not hide an overflow either.
        var count = 1L;
        var isEmpty = false;
        foreach (var size in shape)
        {
            isEmpty |= size == 0;
            if (size != 0 && count > long.MaxValue / size)
                return null;
            count *= Math.Max(size, 1);
        }
        return isEmpty ? 0 : count;
    }

    /// <summary>Strides of a tensor without gaps, last dimension fastest.</summary>
    public static long[] ContiguousStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var stride = 1L;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }
        return strides;
    }

    /// <summary>Says what is wrong with a tensor's place in a block, or null when every element lies inside it.</summary>
    /// <param name="sizes">Size per dimension.</param>
    /// <param name="strides">Distance between neighbors per dimension, in elements.</param>
    /// <param name="offset">The first element.</param>
    /// <param name="available">Elements in the block.</param>
    public static string? Problem(long[] sizes, long[] strides, long offset, long available)
    {
        if (sizes.Length != strides.Length)
            return $"it has {sizes.Length} sizes but {strides.Length} strides";
        if (sizes.Length > MostDimensions)
            return $"it has {sizes.Length} dimensions, more than the {MostDimensions} that libtorch supports";
        if (sizes.Any(size => size < 0) || strides.Any(stride => stride < 0) || offset < 0)
            return $"a size, a stride or the offset is negative (shape {Text.Shape(sizes)}, strides {Text.Shape(strides)}, offset {offset})";
        if (Count(sizes) is not { } count)
            return $"its shape {Text.Shape(sizes)} has more elements than a file can hold";

        return count > 0 && !IsInside(sizes, strides, offset, available)
            ? $"shape {Text.Shape(sizes)} with strides {Text.Shape(strides)} at offset {offset} reaches past the {available:N0} elements that are stored"
            : null;
    }

    private static bool IsInside(long[] sizes, long[] strides, long offset, long available)
    {
        Int128 last = offset;
        for (var i = 0; i < sizes.Length; i++)
            last += (Int128)(sizes[i] - 1) * strides[i];
        return last < available;
    }
}
