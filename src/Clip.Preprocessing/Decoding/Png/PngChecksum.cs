namespace Clip.Preprocessing.Decoding;

/// <summary>The cyclic redundancy check of PNG chunks (PNG specification, third edition, annex D).</summary>
internal static class PngChecksum
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(value => Remainder((uint)value))];

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
            checksum = Table[(byte)(checksum ^ value)] ^ checksum >> 8;
        return ~checksum;
    }

    private static uint Remainder(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? Polynomial ^ value >> 1 : value >> 1;
        return value;
    }
}
