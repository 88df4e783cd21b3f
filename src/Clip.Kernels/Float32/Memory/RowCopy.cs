namespace Clip.Kernels.Float32.Memory;

/// <summary>Copies of rows between matrices of different strides.</summary>
internal static unsafe class RowCopy
{
    /// <summary>Copies rows.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="sourceStride">Elements from one row of it to the next.</param>
    /// <param name="target">Where to write the first row.</param>
    /// <param name="targetStride">Elements from one row there to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="width">Elements of each.</param>
    public static void Copy(float* source, nint sourceStride, float* target, nint targetStride, nint rows, int width)
    {
        for (nint row = 0; row < rows; row++)
            new Span<float>(source + row * sourceStride, width).CopyTo(new Span<float>(target + row * targetStride, width));
    }
}
