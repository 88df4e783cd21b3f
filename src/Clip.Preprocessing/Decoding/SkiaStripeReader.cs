using SkiaSharp;

namespace Clip.Preprocessing.Decoding;

/// <summary>Reads a JPEG file in stripes with SkiaSharp's codec.</summary>
internal sealed unsafe class SkiaStripeReader : StripeReader
{
    private readonly SKData _data;
    private readonly SKCodec _codec;

    /// <summary>Takes a codec that stands before its first row, and the data it reads; both are disposed with the reader.</summary>
    public SkiaStripeReader(SKData data, SKCodec codec, SKSizeI size)
        : base(size.Width, size.Height, PixelFormat.Rgbx32)
    {
        _data = data;
        _codec = codec;
    }

    public override void Dispose()
    {
        _codec.Dispose();
        _data.Dispose();
        base.Dispose();
    }

    protected override void Decode(Span<byte> rows, int count)
    {
        fixed (byte* pixels = rows)
        {
            if (_codec.GetScanlines((IntPtr)pixels, count, rows.Length / count) != count)
                throw new InvalidDataException("it is cut off, or its data is damaged");
        }
    }
}
