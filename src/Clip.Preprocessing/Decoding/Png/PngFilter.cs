namespace Clip.Preprocessing.Decoding;

/// <summary>Undoes the filters of PNG rows (PNG specification, third edition, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Undoes the filter of one row, in place.</summary>
    /// <param name="filter">The byte before the row.</param>
    /// <param name="row">The row.</param>
    /// <param name="above">The row before it, undone; zeros before the first.</param>
    /// <param name="step">Bytes of a pixel, at least 1.</param>
    /// <exception cref="InvalidDataException">There is no such filter.</exception>
    public static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (var i = step; i < row.Length; i++)
                    row[i] += row[i - step];
                break;
            case 2:
                for (var i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)((i < step ? 0 : row[i - step]) + above[i] >> 1);
                break;
            case 4:
                for (var i = 0; i < row.Length; i++)
                    row[i] += i < step ? above[i] : Paeth(row[i - step], above[i], above[i - step]);
                break;
            default:
                throw new InvalidDataException($"its data is damaged (there is no filter {filter})");
        }
    }

    private static byte Paeth(int left, int above, int aboveLeft)
    {
        var toLeft = Math.Abs(above - aboveLeft);
        var toAbove = Math.Abs(left - aboveLeft);
        var toAboveLeft = Math.Abs(left + above - 2 * aboveLeft);
        return (byte)(toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft);
    }
}
