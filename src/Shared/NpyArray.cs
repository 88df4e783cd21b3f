using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Clip.Shared;

/// <summary>Where the rows of an array [N, D] of NumPy lie in its file.</summary>
/// <remarks>Source: NumPy, numpy.lib.format, versions 1.0 to 3.0.</remarks>
/// <param name="Type">NumPy's name of the elements, such as "&lt;f2".</param>
/// <param name="Rows">Rows, N.</param>
/// <param name="Size">Elements of a row, D.</param>
/// <param name="Start">Where the first row begins, in bytes.</param>
internal sealed partial record NpyArray(string Type, long Rows, int Size, long Start)
{
    // NumPy itself takes no header of more than 10,000 characters from a file that it does not trust.
    private const int LongestHeader = 10_000;

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file from its beginning.</param>
    /// <exception cref="InvalidDataException">It is no such array; the message says why.</exception>
    public static NpyArray Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || start[0] != 0x93 || !start[1..6].SequenceEqual("NUMPY"u8))
            throw new InvalidDataException("It does not begin as an array of NumPy.");
        var lengthBytes = start[6] == 1 ? 2 : 4;
        if (start[6] is < 1 or > 3)
            throw new InvalidDataException($"It has version {start[6]} of NumPy's format, which is not known.");
        var length = lengthBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > LongestHeader)
            throw new InvalidDataException($"Its header has {length:N0} bytes, more than {LongestHeader:N0}.");
        var header = new byte[length];
        // Of a short length two bytes of the dictionary are read already.
        var already = start[(8 + lengthBytes)..];
        already[..Math.Min(already.Length, header.Length)].CopyTo(header);
        if (stream.ReadAtLeast(header.AsSpan(Math.Min(already.Length, header.Length)), Math.Max(0, header.Length - already.Length), throwOnEndOfStream: false) < header.Length - already.Length)
            throw new InvalidDataException("Its header is cut off.");
        var text = Encoding.Latin1.GetString(header);
        if (Shape().Match(text) is not { Success: true } shape || !long.TryParse(shape.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size == 0)
        {
            throw new InvalidDataException($"It is no array of rows: {text.Trim()}");
        }
        if (Order().Match(text) is not { Success: true } order || order.Groups[1].Value != "False")
            throw new InvalidDataException("Its columns lie together, not its rows (fortran_order).");
        return new NpyArray(Descr().Match(text).Groups[1].Value, rows, size, 8 + lengthBytes + length);
    }

    [GeneratedRegex(@"'shape':\s*\((\d+),\s*(\d+),?\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    [GeneratedRegex(@"'fortran_order':\s*(True|False)", RegexOptions.CultureInvariant)]
    private static partial Regex Order();

    [GeneratedRegex(@"'descr':\s*'([^']*)'", RegexOptions.CultureInvariant)]
    private static partial Regex Descr();
}
