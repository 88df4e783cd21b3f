using Clip.Shared;

namespace Clip.Preprocessing.Decoding;

/// <summary>The bytes of a file, in memory that is used again for another.</summary>
internal readonly struct EncodedImage : IDisposable
{
    private const int FirstRoom = 1 << 16;

    private readonly byte[] _array;
    private readonly int _length;

    private EncodedImage(byte[] array, int length)
    {
        _array = array;
        _length = length;
    }

    public ReadOnlySpan<byte> Bytes => _array.AsSpan(0, _length);

    /// <summary>Reads a whole file.</summary>
    public static EncodedImage Read(string path, ImageLimits limits)
    {
        if (RegularFile.FindProblem(path) is { } problem)
            throw new InvalidDataException($"it {problem}");
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        limits.RequireBytes(length);
        var array = ImageMemory.Rent((int)length);
        var read = 0;
        while (read < length && RandomAccess.Read(file, array.AsSpan(read, (int)length - read), read) is var count and > 0)
            read += count;
        return new EncodedImage(array, read);
    }

    /// <summary>Reads a stream from where it stands to its end.</summary>
    public static EncodedImage Read(Stream stream, ImageLimits limits)
    {
        var array = ImageMemory.Rent(FirstRoom);
        try
        {
            var length = 0;
            while (stream.Read(array, length, array.Length - length) is var count and > 0)
            {
                length += count;
                limits.RequireBytes(length);
                if (length == array.Length)
                    array = Grow(array);
            }
            return new EncodedImage(array, length);
        }
        catch
        {
            ImageMemory.Return(array);
            throw;
        }
    }

    public void Dispose() => ImageMemory.Return(_array);

    private static byte[] Grow(byte[] array)
    {
        var longer = ImageMemory.Rent((int)Math.Min(2L * array.Length, Array.MaxLength));
        array.CopyTo(longer, 0);
        ImageMemory.Return(array);
        return longer;
    }
}
