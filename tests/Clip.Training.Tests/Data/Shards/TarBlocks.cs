using System.Text;

namespace Clip.Training.Tests.Data;

/// <summary>A tar file, block by block, with entries that libraries refuse to write.</summary>
internal sealed class TarBlocks
{
    private readonly MemoryStream _bytes = new();

    /// <summary>The file.</summary>
    public byte[] ToArray() => [.. _bytes.ToArray(), .. new byte[1024]];

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="data">What follows the header.</param>
    /// <param name="type">Its type.</param>
    /// <param name="size">How many bytes it says to have; null for the truth.</param>
    /// <param name="change">Changes the header before its checksum is computed.</param>
    public TarBlocks Add(string name, byte[] data, char type = '0', long? size = null, Action<byte[]>? change = null)
    {
        var header = new byte[512];
        Encoding.UTF8.GetBytes(name).CopyTo(header, 0);
        foreach (var place in (int[])[100, 108, 116])
            "0000644\0"u8.CopyTo(header.AsSpan(place));
        "00000000000\0"u8.CopyTo(header.AsSpan(136));
        Encoding.ASCII.GetBytes(Convert.ToString(size ?? data.Length, 8).PadLeft(11, '0')).CopyTo(header, 124);
        header[156] = (byte)type;
        "ustar\0\u0030\u0030"u8.CopyTo(header.AsSpan(257));
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        _bytes.Write(header);
        return AddBlocks(data);
    }

    /// <summary>Adds blocks without a header.</summary>
    public TarBlocks AddBlocks(byte[] data)
    {
        _bytes.Write(data);
        _bytes.Write(new byte[(512 - data.Length % 512) % 512]);
        return this;
    }

    /// <summary>A record of pax, whose length counts itself.</summary>
    public static byte[] Record(string key, string value)
    {
        var rest = Encoding.UTF8.GetByteCount($" {key}={value}\n");
        var length = rest + 1;
        while (length != rest + $"{length}".Length)
            length = rest + $"{length}".Length;
        return Encoding.UTF8.GetBytes($"{length} {key}={value}\n");
    }
}
