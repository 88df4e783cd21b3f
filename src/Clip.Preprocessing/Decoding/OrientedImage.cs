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
    }

    private static void Copy<T>(DecodedImage stored, DecodedImage upright, int orientation)
        where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(stored.Pixels);
        var to = MemoryMarshal.Cast<byte, T>(upright.Pixels);
        int lastColumn = stored.Width - 1, lastRow = stored.Height - 1;
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                var (column, row) = orientation switch
                {
                    2 => (lastColumn - x, y),
                    3 => (lastColumn - x, lastRow - y),
                    4 => (x, lastRow - y),
                    5 => (y, x),
                    6 => (y, lastRow - x),
                    7 => (lastColumn - y, lastRow - x),
                    8 => (lastColumn - y, x),
                    _ => throw new InvalidOperationException($"There is no orientation {orientation}."),
                };
                to[y * upright.Width + x] = from[row * stored.Width + column];
            }
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 3)]
    private struct ThreeBytes;
}
