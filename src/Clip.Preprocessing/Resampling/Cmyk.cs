namespace Clip.Preprocessing.Resampling;

/// <summary>Inks to light, in Pillow's 8-bit arithmetic; no color profile is applied.</summary>
internal static unsafe class Cmyk
{
    /// <summary>Converts one row; source and destination may be the same.</summary>
    public static void ToRgbx(byte* source, byte* destination, int count)
    {
        for (var i = 0; i < 4 * count; i += 4)
        {
            var light = (byte)(255 - source[i + 3]);
            destination[i] = (byte)(light - Alpha.Multiply(source[i], light));
            destination[i + 1] = (byte)(light - Alpha.Multiply(source[i + 1], light));
            destination[i + 2] = (byte)(light - Alpha.Multiply(source[i + 2], light));
            destination[i + 3] = 255;
        }
    }
}
