using System.Buffers.Binary;

namespace Clip.Preprocessing.Decoding.Jpeg;

/// <summary>What stands before the one scan of a sequential JPEG (ITU-T T.81, annex B).</summary>
internal sealed class SequentialFrame
{
    /// <summary>The marker behind the last scan.</summary>
    public const byte EndOfImage = 0xD9;

    private readonly int[,] _steps = new int[4, Component.Steps];

    /// <summary>Pixels in a row.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Luma, and where there are colors the two chromas.</summary>
    public Component[] Components { get; private set; } = [];

    /// <summary>Whether there are no colors.</summary>
    public bool IsGray => Components.Length == 1;

    /// <summary>Blocks of luma beside each other in a unit: 1 or 2.</summary>
    public int Across { get; private set; } = 1;

    /// <summary>Blocks of luma above each other in a unit: 1 or 2.</summary>
    public int Down { get; private set; } = 1;

    /// <summary>Whether chromas have half the size of luma in both directions, so that a block is four pixels of the result.</summary>
    public bool HasHalfChroma => (Across, Down) == (2, 2);

    /// <summary>Units between two restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Units in a row.</summary>
    public int UnitsAcross => (Width + 8 * Across - 1) / (8 * Across);

    /// <summary>Rows of units.</summary>
    public int UnitsDown => (Height + 8 * Down - 1) / (8 * Down);

    /// <summary>Reads all segments up to the scan's data.</summary>
    /// <param name="encoded">The file.</param>
    /// <param name="dcTables">Takes the tables of DC coefficients.</param>
    /// <param name="acTables">Takes the tables of AC coefficients.</param>
    /// <returns>Where the data begins; null where the file is of another kind, or damaged.</returns>
    public int? ReadUpToScan(ReadOnlySpan<byte> encoded, HuffmanTable[] dcTables, HuffmanTable[] acTables)
    {
        var defined = 0;
        for (var at = 2; at + 4 <= encoded.Length && encoded[at] == 0xFF;)
        {
            var marker = encoded[at + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(encoded[(at + 2)..]);
            if (length < 2 || at + 2 + length > encoded.Length)
                return null;
            var segment = encoded.Slice(at + 4, length - 2);
            at += 2 + length;
            var isRead = marker switch
            {
                0xC0 or 0xC1 => ReadFrame(segment),
                0xC4 => ReadCodes(segment, dcTables, acTables, ref defined),
                0xDB => ReadQuantization(segment),
                0xDD => ReadInterval(segment),
                0xDA => ReadScan(segment, defined),
                // Adobe's: three components that are red, green and blue.
                0xEE => !(segment.Length >= 12 && segment.StartsWith("Adobe"u8) && segment[11] == 0),
                >= 0xE0 and <= 0xEF or 0xFE => true,
                _ => false,
            };
            if (!isRead)
                return null;
            if (marker == 0xDA)
                return at;
        }
        return null;
    }

    private bool ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (Components.Length > 0 || segment.Length < 6 || segment[0] != 8 || segment[5] is not (1 or 3) || segment.Length != 6 + 3 * segment[5])
            return false;
        Height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        Width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        var components = new Component[segment[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var (id, sampling, table) = (segment[6 + 3 * i], segment[7 + 3 * i], segment[8 + 3 * i]);
            // A chroma has one block in a unit, and luma up to four. A single component's blocks are no units of several, whatever it says.
            if (table > 3 || (i > 0 && sampling != 0x11) || sampling is not (0x11 or 0x12 or 0x21 or 0x22))
                return false;
            components[i] = new Component(id, table);
            if (i == 0 && components.Length > 1)
                (Across, Down) = (sampling >> 4, sampling & 15);
        }
        // Without JFIF's or Adobe's word, these names say that colors are not luma and chroma.
        if (components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }])
            return false;
        Components = components;
        return Width > 0 && Height > 0;
    }

    private static bool ReadCodes(ReadOnlySpan<byte> segment, HuffmanTable[] dcTables, HuffmanTable[] acTables, ref int defined)
    {
        while (segment.Length > 0)
        {
            var (kind, number) = (segment[0] >> 4, segment[0] & 15);
            if (kind > 1 || number >= dcTables.Length || (kind == 0 ? dcTables : acTables)[number].Define(segment[1..]) is not { } length)
                return false;
            defined |= 1 << (2 * kind + number);
            segment = segment[(1 + length)..];
        }
        return true;
    }

    private bool ReadQuantization(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > 0)
        {
            var (isWide, number) = (segment[0] >> 4 == 1, segment[0] & 15);
            var length = isWide ? 129 : 65;
            if (segment[0] >> 4 > 1 || number > 3 || segment.Length < length)
                return false;
            for (var i = 0; i < Component.Steps; i++)
                _steps[number, i] = isWide ? BinaryPrimitives.ReadUInt16BigEndian(segment[(1 + 2 * i)..]) : segment[1 + i];
            segment = segment[length..];
        }
        return true;
    }

    private bool ReadInterval(ReadOnlySpan<byte> segment)
    {
        if (segment.Length != 2)
            return false;
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
        return true;
    }

    private bool ReadScan(ReadOnlySpan<byte> segment, int defined)
    {
        if (Components.Length == 0 || segment.Length != 4 + 2 * Components.Length || segment[0] != Components.Length)
            return false;
        for (var i = 0; i < Components.Length; i++)
        {
            var (dc, ac) = (segment[2 + 2 * i] >> 4, segment[2 + 2 * i] & 15);
            var component = Components[i];
            if (segment[1 + 2 * i] != component.Id || dc > 1 || ac > 1 || (defined >> dc & 1) == 0 || (defined >> (2 + ac) & 1) == 0
                || _steps[component.QuantizationTable, 0] == 0)
            {
                return false;
            }
            Components[i] = component with
            {
                DcStep = _steps[component.QuantizationTable, 0],
                AcrossStep = _steps[component.QuantizationTable, 1],
                DownStep = _steps[component.QuantizationTable, 2],
                DiagonalStep = _steps[component.QuantizationTable, 4],
                DcTable = dc,
                AcTable = ac,
            };
        }
        // All coefficients in one scan, with all their bits.
        return segment[^3..].SequenceEqual((ReadOnlySpan<byte>)[0, 63, 0]);
    }

    /// <summary>Luma or a chroma.</summary>
    /// <param name="Id">Its name in the file.</param>
    /// <param name="QuantizationTable">Its quantization table.</param>
    internal readonly record struct Component(byte Id, int QuantizationTable)
    {
        /// <summary>How many of a block's quantization steps are kept, in zigzag order.</summary>
        public const int Steps = 5;

        /// <summary>The quantization step of DC coefficients.</summary>
        public int DcStep { get; init; }

        /// <summary>That of half a wave across the block.</summary>
        public int AcrossStep { get; init; }

        /// <summary>That of half a wave down the block.</summary>
        public int DownStep { get; init; }

        /// <summary>That of half a wave in both directions.</summary>
        public int DiagonalStep { get; init; }

        /// <summary>The Huffman table of DC coefficients.</summary>
        public int DcTable { get; init; }

        /// <summary>The Huffman table of AC coefficients.</summary>
        public int AcTable { get; init; }
    }
}
