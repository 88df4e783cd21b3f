namespace Clip.Preprocessing.Resampling;

/// <summary>Hands out rows of an image as four bytes per pixel.</summary>
internal readonly unsafe ref struct RowReader(PixelView source, ColorOrder order)
{
    private readonly PixelView _source = source;

    public ReadOnlySpan<byte> Pixels => _source.Pixels;

    public PixelFormat Format => _source.Format;

    /// <summary>Whether rows need no conversion.</summary>
    public bool IsDirect { get; } = RowConversion.IsDirect(source.Format, order);

    /// <summary>The column after the last that the pairs of some weights touch.</summary>
    public int EndOfPairs(ResampleWeights weights) =>
        Math.Min(_source.Width, Math.Max(weights.EndNeeded, weights.PairStarts[^1] + 2 * weights.PairCount));

    /// <summary>Finds or converts one row.</summary>
    /// <param name="pixels">The pinned pixels.</param>
    /// <param name="row">The number of the row.</param>
    /// <param name="first">First column that is needed.</param>
    /// <param name="end">The column after the last that is needed.</param>
    /// <param name="scratch">Space for the converted columns.</param>
    /// <returns>Where column 0 is or would be.</returns>
    public byte* Read(byte* pixels, int row, int first, int end, byte* scratch)
    {
        var start = pixels + (long)row * _source.Stride;
        if (IsDirect)
            return start;
        RowConversion.ToFourBytes(start + (long)first * Format.BytesPerPixel(), scratch, end - first, Format, order);
        return scratch - 4L * first;
    }
}
