namespace Clip.Preprocessing.Resampling;

/// <summary>Multiplies colors by their opacity and divides them again, in Pillow's 8-bit arithmetic.</summary>
internal static unsafe class Alpha
{
    /// <summary>Multiplies the colors of one row; source and destination may be the same.</summary>
    public static void Premultiply(byte* source, byte* destination, int count)
    {
        for (var i = 0; i < 4 * count; i += 4)
        {
            var alpha = source[i + 3];
            destination[i] = Multiply(source[i], alpha);
            destination[i + 1] = Multiply(source[i + 1], alpha);
            destination[i + 2] = Multiply(source[i + 2], alpha);
            destination[i + 3] = alpha;
        }
    }

    /// <summary>Divides the colors of one row; where nothing or everything shows, they stay.</summary>
    public static void Unpremultiply(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var alpha = pixels[i + 3];
            if (alpha is 0 or 255)
                continue;
            pixels[i] = Divide(pixels[i], alpha);
            pixels[i + 1] = Divide(pixels[i + 1], alpha);
            pixels[i + 2] = Divide(pixels[i + 2], alpha);
        }
    }

    /// <summary>a * b / 255, rounded.</summary>
    public static byte Multiply(byte a, byte b)
    {
        var product = a * b + 128;
        return (byte)((product >> 8) + product >> 8);
    }

    private static byte Divide(byte color, byte alpha) => (byte)Math.Min(255, 255 * color / alpha);
}
