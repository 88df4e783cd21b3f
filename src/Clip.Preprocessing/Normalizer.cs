namespace Clip.Preprocessing;

/// <summary>Turns bytes into normalized values through a table of all 256 values of each channel.</summary>
internal sealed class Normalizer
{
    private readonly float[] _singles = new float[3 * 256];
    private readonly Half[] _halves = new Half[3 * 256];
    private readonly byte[] _bytes = new byte[3 * 256];

    public Normalizer(ChannelValues mean, ChannelValues deviation)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            for (var value = 0; value < 256; value++)
            {
                // Three operations in float32, as torchvision has them; fewer would round differently.
                var scaled = value / 255f;
                var centered = scaled - mean[channel];
                var normalized = centered / deviation[channel];
                _singles[256 * channel + value] = normalized;
                _halves[256 * channel + value] = (Half)normalized;
                _bytes[256 * channel + value] = (byte)value;
            }
        }
    }

    /// <summary>The table of float32 values, red first.</summary>
    public ReadOnlySpan<float> Table => _singles;

    /// <summary>Writes channel after channel.</summary>
    /// <typeparam name="T">float, Half, or byte for values as they are.</typeparam>
    /// <param name="pixels">Four bytes per pixel; the fourth is ignored.</param>
    /// <param name="result">Three planes of as many elements as there are pixels.</param>
    public unsafe void Write<T>(ReadOnlySpan<byte> pixels, Span<T> result)
        where T : unmanaged
    {
        var tables = TableOf<T>();
        var count = pixels.Length / 4;
        if (result.Length != 3 * count)
            throw new ArgumentException($"{count} pixels make {3 * count} numbers, not {result.Length}.", nameof(result));
        fixed (byte* bytes = pixels)
        fixed (T* numbers = result)
        fixed (T* table = tables)
        {
            T* green = numbers + count, blue = numbers + 2 * count;
            T* greens = table + 256, blues = table + 512;
            for (var i = 0; i < count; i++)
            {
                var pixel = ((uint*)bytes)[i];
                numbers[i] = table[pixel & 255];
                green[i] = greens[pixel >> 8 & 255];
                blue[i] = blues[pixel >> 16 & 255];
            }
        }
    }

    /// <summary>Normalizes pixels that lie channel after channel.</summary>
    /// <typeparam name="T">float or Half.</typeparam>
    /// <param name="planes">Three planes of bytes, of equal size.</param>
    /// <param name="result">As many elements.</param>
    public unsafe void Normalize<T>(ReadOnlySpan<byte> planes, Span<T> result)
        where T : unmanaged
    {
        if (planes.Length % 3 != 0 || result.Length != planes.Length)
            throw new ArgumentException($"Three planes of bytes make as many numbers, but there are {planes.Length} and {result.Length}.", nameof(result));
        var count = planes.Length / 3;
        fixed (byte* bytes = planes)
        fixed (T* numbers = result)
        fixed (T* table = TableOf<T>())
        {
            for (var channel = 0; channel < 3; channel++)
            {
                byte* from = bytes + channel * count;
                T* to = numbers + channel * count, values = table + 256 * channel;
                for (var i = 0; i < count; i++)
                    to[i] = values[from[i]];
            }
        }
    }

    private T[] TableOf<T>() =>
        (T[])(object)(typeof(T) == typeof(byte) ? _bytes : typeof(T) == typeof(Half) ? _halves : _singles);
}
