namespace Clip.Preprocessing.Resampling;

/// <summary>For each new pixel along one side, the old pixel under its center.</summary>
internal static class NearestAxis
{
    /// <summary>Fills in the indices of the old pixels.</summary>
    /// <remarks>
    /// Pillow steps from center to center by addition, and the sum's rounding decides between two neighbors now and then;
    /// so do we.
    /// </remarks>
    public static void Fill(Span<int> indices, int oldSize, long newSize, long first)
    {
        var step = (double)oldSize / newSize;
        var center = step * 0.5;
        for (long i = 0; i < first; i++)
            center += step;
        foreach (ref var index in indices)
        {
            index = Math.Min((int)center, oldSize - 1);
            center += step;
        }
    }
}
