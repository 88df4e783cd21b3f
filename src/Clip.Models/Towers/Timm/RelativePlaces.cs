namespace Clip.Models;

/// <summary>The displacements between the places of a grid, of which each has a number.</summary>
/// <remarks>Source: Liu et al. 2021, "Swin Transformer", section 3.2: a table over -(h - 1) to h - 1 rows and -(w - 1) to w - 1 columns.</remarks>
internal static class RelativePlaces
{
    /// <summary>How many displacements there are.</summary>
    public static int Count(ImageSize grid) => ((2 * grid.Height) - 1) * ((2 * grid.Width) - 1);

    /// <summary>For each place and each place that it looks at, row by row, the number of the displacement.</summary>
    public static long[] Of(ImageSize grid)
    {
        var (columns, places) = (grid.Width, grid.Height * grid.Width);
        var numbers = new long[places * places];
        for (var query = 0; query < places; query++)
        {
            for (var key = 0; key < places; key++)
            {
                var (rows, across) = ((query / columns) - (key / columns), (query % columns) - (key % columns));
                numbers[(query * places) + key] = ((rows + grid.Height - 1) * ((2 * columns) - 1)) + across + columns - 1;
            }
        }
        return numbers;
    }
}
