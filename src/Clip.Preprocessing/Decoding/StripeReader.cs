using Clip.Preprocessing.Resampling;

namespace Clip.Preprocessing.Decoding;

/// <summary>An image that is decoded from top to bottom, a few rows at a time.</summary>
internal abstract class StripeReader : IRowSource, IDisposable
{
    private const int StripeBytes = 1 << 20;

    private readonly DecodedImage _stripe;
    private int _next;

    protected StripeReader(int width, int height, PixelFormat format)
    {
        (Width, Height, Format) = (width, height, format);
        MostRows = RowsOfStripe(width, format.BytesPerPixel());
        _stripe = new DecodedImage(width, MostRows, format);
    }

    public int Width { get; }

    public int Height { get; }

    public PixelFormat Format { get; }

    public bool IsIndexed { get; init; }

    /// <summary>Rows in a stripe.</summary>
    public int MostRows { get; }

    /// <summary>Bytes of a stripe of four-byte pixels.</summary>
    public static long Memory(long width) => 4 * width * RowsOfStripe(width, 4);

    /// <summary>Decodes rows that follow those of the call before, with or without a gap; the view is valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    public PixelView Read(int first, int count)
    {
        if (first < _next)
            throw new InvalidOperationException($"Row {first} was asked for after row {_next - 1}.");
        Skip(first - _next);
        Decode(count);
        return new PixelView(_stripe.Pixels, Width, count, _stripe.Stride, Format) { IsIndexed = IsIndexed };
    }

    /// <summary>Decodes the rows that nobody asked for, so that damage there is found too.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    public void Finish() => Skip(Height - _next);

    /// <inheritdoc/>
    public virtual void Dispose() => _stripe.Dispose();

    /// <summary>Decodes the next rows.</summary>
    /// <param name="rows">Space for whole rows without gaps.</param>
    /// <param name="count">Number of rows.</param>
    protected abstract void Decode(Span<byte> rows, int count);

    private static int RowsOfStripe(long width, int bytesPerPixel) =>
        (int)Math.Clamp(StripeBytes / (width * bytesPerPixel) / Avx2Passes.RowGroup, 1, 16) * Avx2Passes.RowGroup;

    private void Skip(int count)
    {
        for (; count > 0; count -= MostRows)
            Decode(Math.Min(count, MostRows));
    }

    private void Decode(int count)
    {
        Decode(_stripe.Pixels[..(count * _stripe.Stride)], count);
        _next += count;
    }
}
