namespace Clip.Preprocessing.Resampling;

/// <summary>Rows of an image, asked for from top to bottom: of one that is in memory, or of one that is decoded stripe by stripe.</summary>
internal readonly ref struct PixelRows
{
    private readonly PixelView _whole;
    private readonly IRowSource? _stripes;

    /// <summary>Takes an image in memory.</summary>
    public PixelRows(PixelView whole)
    {
        _whole = whole;
        (Width, Height, Format, IsIndexed, MostRows) = (whole.Width, whole.Height, whole.Format, whole.IsIndexed, whole.Height);
    }

    /// <summary>Takes an image that is decoded as its rows are asked for.</summary>
    public PixelRows(IRowSource stripes)
    {
        _stripes = stripes;
        (Width, Height, Format, IsIndexed, MostRows) = (stripes.Width, stripes.Height, stripes.Format, stripes.IsIndexed, stripes.MostRows);
    }

    public static implicit operator PixelRows(PixelView whole) => new(whole);

    public int Width { get; }

    public int Height { get; }

    public PixelFormat Format { get; }

    public bool IsIndexed { get; }

    /// <summary>The most rows in one call of <see cref="Read"/>; a multiple of <see cref="Avx2Passes.RowGroup"/>, or all.</summary>
    public int MostRows { get; }

    /// <summary>Rows <paramref name="first"/> and following, whole; valid until the next call, which has to ask for later rows.</summary>
    public PixelView Read(int first, int count) =>
        _stripes is null ? _whole.Crop(0, first, Width, count) : _stripes.Read(first, count);
}
