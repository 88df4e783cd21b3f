namespace Clip.Preprocessing.Decoding;

/// <summary>How far a JPEG can be reduced at decode time.</summary>
internal static class Reduction
{
    /// <summary>The largest of 8, 4, 2 and 1 that leaves at least twice the new size on both sides.</summary>
    public static int Choose(int longSide, long newLongSide, int shortSide, long newShortSide)
    {
        for (var reduction = 8; reduction > 1; reduction /= 2)
        {
            if (longSide / reduction >= 2 * newLongSide && shortSide / reduction >= 2 * newShortSide)
                return reduction;
        }
        return 1;
    }
}
