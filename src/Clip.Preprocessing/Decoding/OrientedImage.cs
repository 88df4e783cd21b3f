using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Clip.Preprocessing.Decoding;

/// <summary>Turns an image upright by its EXIF orientation.</summary>
internal static class OrientedImage
{
    /// <summary>Makes the upright image and disposes the stored one; 1 changes nothing.</summary>
    /// <param name="stored">The image as stored.</param>
    /// <param name="orientation">1 to 8: which sides the first row and the first column of the file are (Exif 2.32, tag 274).</param>
    public static DecodedImage Create(DecodedImage stored, int orientation)
    {
        if (orientation is < 2 or > 8)
            return stored;
        using (stored)
            return Create(stored.View, orientation);
    }

    /// <summary>Makes the upright image.</summary>
    /// <param name="stored">The image as stored.</param>
    /// <param name="orientation">2 to 8.</param>
    public static DecodedImage Create(PixelView stored, int orientation)
    {
        var isTurned = orientation >= 5;
        var upright = new DecodedImage(isTurned ? stored.Height : stored.Width, isTurned ? stored.Width : stored.Height, stored.Format)
        {
            IsIndexed = stored.IsIndexed,
        };
        switch (stored.Format.BytesPerPixel())
        {
            case 1:
                Copy<byte>(stored, upright, orientation);
                break;
            case 2:
                Copy<ushort>(stored, upright, orientation);
                break;
            case 3:
                Copy<ThreeBytes>(stored, upright, orientation);
                break;
            case 4:
                Copy<uint>(stored, upright, orientation);
                break;
            case var bytes:
                throw new InvalidOperationException($"Pixels of {bytes} bytes cannot be turned.");
        }
        return upright;
    }

    private static void Copy<T>(PixelView stored, DecodedImage upright, int orientation)
        where T : unmanaged
    {
        // A row of the stored image may begin anywhere; steps are in bytes.
        var (across, down) = ((long)Unsafe.SizeOf<T>(), (long)stored.Stride);
        var (lastColumn, lastRow) = (across * (stored.Width - 1), down * (stored.Height - 1));
        var (first, toRight, toBelow) = orientation switch
        {
            2 => (lastColumn, -across, down),
            3 => (lastColumn + lastRow, -across, -down),
            4 => (lastRow, across, -down),
            5 => (0, down, across),
            6 => (lastRow, -down, across),
            7 => (lastColumn + lastRow, -down, -across),
            8 => (lastColumn, down, -across),
            _ => throw new InvalidOperationException($"There is no orientation {orientation}."),
        };
        ref var from = ref MemoryMarshal.GetReference(stored.Pixels);
        var to = MemoryMarshal.Cast<byte, T>(upright.Pixels);
        for (var y = 0; y < upright.Height; y++)
        {
            var row = to.Slice(y * upright.Width, upright.Width);
            for (var x = 0; x < row.Length; x++)
                row[x] = Unsafe.ReadUnaligned<T>(in Unsafe.Add(ref from, (nint)(first + y * toBelow + x * toRight)));
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 3)]
    private struct ThreeBytes;
}
