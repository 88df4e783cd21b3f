using System.Buffers.Binary;
using Microsoft.Extensions.AI;

namespace Clip.DependencyInjection.Tests.Support;

/// <summary>Small images as BMP files.</summary>
internal static class Image
{
    public const string MediaType = "image/bmp";
    private const int Side = 32;
    private const int HeaderLength = 54;

    /// <summary>An image of stripes whose width, direction and color depend on a number.</summary>
    public static byte[] Striped(int seed)
    {
        var random = new Random(seed);
        var (first, second) = (random.Next(0x1000000), random.Next(0x1000000));
        var (period, slope) = (random.Next(2, 12), random.Next(-2, 3));
        return Paint((x, y) => (x + slope * y + 1000) / period % 2 == 0 ? first : second);
    }

    /// <summary>An image as Microsoft.Extensions.AI hands it over.</summary>
    public static DataContent Content(int seed, string? name = null) => new(Striped(seed), MediaType) { Name = name };

    private static byte[] Paint(Func<int, int, int> color)
    {
        var file = new byte[HeaderLength + Side * Side * 3];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), Side);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), Side);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 24);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var value = color(x, y);
                var pixel = file.AsSpan(HeaderLength + 3 * (y * Side + x), 3);
                (pixel[0], pixel[1], pixel[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
            }
        }
        return file;
    }
}
