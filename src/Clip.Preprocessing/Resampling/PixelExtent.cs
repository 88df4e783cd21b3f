namespace Clip.Preprocessing.Resampling;

/// <summary>Where an image lies in its pixels, when those at an edge stand for less of it than the others: a reduced JPEG's sides are rounded up.</summary>
/// <param name="Left">Where it begins, in pixels; above 0 where it was mirrored.</param>
/// <param name="Top">Where it begins, in rows.</param>
/// <param name="Width">How wide it is, in pixels.</param>
/// <param name="Height">How high it is, in rows.</param>
internal readonly record struct PixelExtent(double Left, double Top, double Width, double Height)
{
    /// <summary>The extent of a reduced image.</summary>
    /// <param name="width">Its width before, upright.</param>
    /// <param name="height">Its height before, upright.</param>
    /// <param name="reduction">By how much it was reduced.</param>
    /// <param name="orientation">1 to 8: how it was turned upright, after it was reduced.</param>
    public static PixelExtent OfReduced(long width, long height, int reduction, int orientation)
    {
        var (shownWidth, shownHeight) = ((double)width / reduction, (double)height / reduction);
        // What was the right edge is the left one now, or the lower one the upper.
        var left = orientation is 2 or 3 or 6 or 7 ? Math.Ceiling(shownWidth) - shownWidth : 0;
        var top = orientation is 3 or 4 or 7 or 8 ? Math.Ceiling(shownHeight) - shownHeight : 0;
        return new PixelExtent(left, top, shownWidth, shownHeight);
    }
}
