using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Clip.Preprocessing.Decoding.Jpeg;

/// <summary>Decodes a JPEG at an eighth of its size: a pixel for each block, of its DC coefficient.</summary>
/// <remarks>
/// <para>
/// Of a block only the DC coefficient is read, its mean. The AC coefficients, most of a file, are passed over several at a time, by tables that say for the next bits
/// over how many coefficients they lead; decoders read each of them. Files come out equal to libjpeg's at this size, but for those that store colors
/// at half the size in both directions: there a block of colors is four pixels, by its DC coefficient and the three AC coefficients of the lowest
/// frequencies, where libjpeg takes more.
/// </para>
/// <para>
/// It takes what cameras write: sequential files with Huffman codes, 8 bits, one scan. At others, and at any damage, it declines, and a decoder has the
/// word. Source: ITU-T T.81.
/// </para>
/// </remarks>
internal sealed unsafe class EighthDecoder
{
    /// <summary>By how much a side is reduced: that of a block.</summary>
    public const int Reduction = 8;

    [ThreadStatic]
    private static EighthDecoder? s_own;

    private readonly HuffmanTable[] _dcTables = [new(), new()];
    private readonly HuffmanTable[] _acTables = [new(), new()];

    /// <summary>Decodes a file.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="header">Its header; sizes have been checked against the limits.</param>
    /// <returns>The pixels, a side rounded up; null where a decoder is to decode it.</returns>
    public static DecodedImage? TryDecode(ReadOnlySpan<byte> encoded, ImageHeader header) => (s_own ??= new()).Decode(encoded, header);

    private DecodedImage? Decode(ReadOnlySpan<byte> encoded, ImageHeader header)
    {
        var frame = new SequentialFrame();
        if (frame.ReadUpToScan(encoded, _dcTables, _acTables) is not { } start || frame.Width != header.Width || frame.Height != header.Height)
            return null;
        var image = new DecodedImage((frame.Width + 7) / 8, (frame.Height + 7) / 8, frame.IsGray ? PixelFormat.Gray8 : PixelFormat.Rgbx32);
        // One row of units: luma and both chromas, in one or two rows.
        var buffer = ImageMemory.Rent(3 * frame.UnitsAcross * frame.Across * frame.Down);
        try
        {
            fixed (byte* first = encoded)
            {
                if (ReadScan(new JpegBits(first + start, first + encoded.Length), frame, buffer, image))
                    return image;
            }
        }
        finally
        {
            ImageMemory.Return(buffer);
        }
        image.Dispose();
        return null;
    }

    // Compiled for speed at once: a file is read by millions of steps, long before the runtime finds that out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadScan(JpegBits bits, SequentialFrame frame, byte[] buffer, DecodedImage image)
    {
        var dc = stackalloc int[3];
        var stride = frame.UnitsAcross * frame.Across;
        var length = stride * frame.Down;
        var luma = buffer.AsSpan(0, length);
        var blue = buffer.AsSpan(length, length);
        var red = buffer.AsSpan(2 * length, length);
        var untilRestart = frame.RestartInterval;
        var restarts = 0;
        for (var row = 0; row < frame.UnitsDown; row++)
        {
            for (var unit = 0; unit < frame.UnitsAcross; unit++)
            {
                if (frame.RestartInterval > 0 && untilRestart-- == 0)
                {
                    if (bits.TakeMarker() != 0xD0 + (restarts++ & 7))
                        return false;
                    (dc[0], dc[1], dc[2]) = (0, 0, 0);
                    untilRestart = frame.RestartInterval - 1;
                }
                for (var y = 0; y < frame.Down; y++)
                {
                    for (var x = 0; x < frame.Across; x++)
                    {
                        if (!ReadBlock(ref bits, frame.Components[0], ref dc[0], out luma[y * stride + unit * frame.Across + x]))
                            return false;
                    }
                }
                if (!frame.IsGray && !(ReadChroma(ref bits, frame, 1, ref dc[1], blue[(unit * frame.Across)..], stride)
                    && ReadChroma(ref bits, frame, 2, ref dc[2], red[(unit * frame.Across)..], stride)))
                {
                    return false;
                }
            }
            if (bits.IsExhausted)
                return false;
            for (var y = 0; y < frame.Down && row * frame.Down + y < image.Height; y++)
                Write(luma.Slice(y * stride, stride), blue.Slice(y * stride, stride), red.Slice(y * stride, stride), frame.IsGray, image.Pixels.Slice((row * frame.Down + y) * image.Stride, image.Stride));
        }
        return bits.TakeMarker() == SequentialFrame.EndOfImage;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadBlock(ref JpegBits bits, SequentialFrame.Component component, ref int dc, out byte pixel)
    {
        pixel = 0;
        var word = bits.Rest;
        if (!ReadDc(ref bits, ref word, component, ref dc))
            return false;
        // The mean of 64 pixels is an eighth of the coefficient; libjpeg keeps coefficients in 16 bits.
        pixel = (byte)Math.Clamp((((short)dc * component.DcStep + 4) >> 3) + 128, 0, 255);
        return PassOver(ref bits, word, _acTables[component.AcTable], 63);
    }

    // A unit's block of a chroma, into as many pixels as luma has there.
    private bool ReadChroma(ref JpegBits bits, SequentialFrame frame, int number, ref int dc, Span<byte> pixels, int stride)
    {
        var component = frame.Components[number];
        if (frame.HasHalfChroma)
            return ReadFour(ref bits, component, ref dc, pixels, stride);
        if (!ReadBlock(ref bits, component, ref dc, out pixels[0]))
            return false;
        // One of the two directions, at most, is halved.
        if (frame.Across * frame.Down == 2)
            pixels[frame.Across == 2 ? 1 : stride] = pixels[0];
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadFour(ref JpegBits bits, SequentialFrame.Component component, ref int dc, Span<byte> pixels, int stride)
    {
        // Means of a quarter of the block, with 13 bits behind the point: of DC 1/8, of half a wave 0.640729 / sqrt(32), of two 0.640729^2 / 4.
        const int mean = 1024, wave = 928, waves = 841, half = 1 << 12;
        var word = bits.Rest;
        if (!ReadDc(ref bits, ref word, component, ref dc))
            return false;
        var table = _acTables[component.AcTable];
        int across = 0, down = 0, diagonal = 0, next = 1;
        while (next < SequentialFrame.Component.Steps)
        {
            bits.Fill(ref word);
            var (symbol, length) = FindSymbol(table, word.Next);
            if (length == 0)
                return false;
            word = word.After(length);
            var (zeros, size) = (symbol >> 4, symbol & 15);
            if (size == 0 && zeros != 15)
            {
                next = 64;
                break;
            }
            next += zeros;
            var value = TakeValue(ref word, size);
            if (next == 1)
                across = value * component.AcrossStep;
            else if (next == 2)
                down = value * component.DownStep;
            else if (next == 4)
                diagonal = value * component.DiagonalStep;
            next++;
        }
        var center = (short)dc * component.DcStep * mean + (128 << 13) + half;
        pixels[0] = ToByte(center + (across + down) * wave + diagonal * waves);
        pixels[1] = ToByte(center + (down - across) * wave - diagonal * waves);
        pixels[stride] = ToByte(center + (across - down) * wave - diagonal * waves);
        pixels[stride + 1] = ToByte(center - (across + down) * wave + diagonal * waves);
        return PassOver(ref bits, word, table, 64 - next);
    }

    private static byte ToByte(int value) => (byte)Math.Clamp(value >> 13, 0, 255);

    // The DC coefficient is stored as what it is more than that of the block before.
    private bool ReadDc(ref JpegBits bits, ref JpegBits.Word word, SequentialFrame.Component component, ref int dc)
    {
        bits.Fill(ref word);
        var (symbol, length) = FindSymbol(_dcTables[component.DcTable], word.Next);
        if (length == 0 || symbol > 15)
            return false;
        word = word.After(length);
        dc += TakeValue(ref word, symbol);
        return true;
    }

    // ITU-T T.81, F.2.2.1: values below half of the range are negative.
    private static int TakeValue(ref JpegBits.Word word, int bits)
    {
        if (bits == 0)
            return 0;
        var value = (int)(word.Next >> (64 - bits));
        word = word.After(bits);
        return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
    }

    private static (int Symbol, int Length) FindSymbol(HuffmanTable table, ulong next)
    {
        int entry = Entry(table.Symbols, next);
        return entry != 0 ? (entry >> 5, entry & 31) : table.Find(next);
    }

    // The last coefficients of a block.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool PassOver(ref JpegBits bits, JpegBits.Word word, HuffmanTable table, int left)
    {
        var strides = table.Strides;
        while (left > 0)
        {
            bits.Fill(ref word);
            int step = Entry(strides, word.Next);
            // What follows a full block belongs to the next one, an end that joined a stride too.
            if (step == 0 || ScanStep.Coefficients(step) > left || (ScanStep.IsEnd(step) && ScanStep.Coefficients(step) == left))
                step = Single(table, word.Next);
            left -= ScanStep.Coefficients(step);
            if (step == 0)
                return false;
            word = word.After(ScanStep.Bits(step));
            if (ScanStep.IsEnd(step))
                break;
        }
        bits.Rest = word;
        return left >= 0;
    }

    private static int Single(HuffmanTable table, ulong next)
    {
        int step = Entry(table.Steps, next);
        if (step != 0)
            return step;
        var (symbol, length) = table.Find(next);
        return length == 0 ? 0 : ScanStep.OfSymbol(symbol, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Entry(ushort[] table, ulong next) =>
        Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table), (nint)(next >> (64 - HuffmanTable.IndexBits)));

    // libjpeg's arithmetic: JFIF's conversion with 16 bits behind the point.
    private static void Write(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, bool isGray, Span<byte> row)
    {
        if (isGray)
        {
            luma[..row.Length].CopyTo(row);
            return;
        }
        const int half = 1 << 15;
        for (var x = 0; 4 * x < row.Length; x++)
        {
            var (y, cb, cr) = (luma[x], blue[x] - 128, red[x] - 128);
            row[4 * x] = (byte)Math.Clamp(y + ((91881 * cr + half) >> 16), 0, 255);
            row[4 * x + 1] = (byte)Math.Clamp(y + ((-22554 * cb - 46802 * cr + half) >> 16), 0, 255);
            row[4 * x + 2] = (byte)Math.Clamp(y + ((116130 * cb + half) >> 16), 0, 255);
            row[4 * x + 3] = 255;
        }
    }
}
