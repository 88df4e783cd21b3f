namespace Clip.Preprocessing.Resampling;

/// <summary>Resizes, crops and pads images as Pillow does, to the last bit; computes only what the crop shows.</summary>
internal static unsafe class Resampler
{
    /// <summary>Resizes an image into the workspace.</summary>
    /// <param name="source">The image.</param>
    /// <param name="plan">Its new size and crop.</param>
    /// <param name="config">Filter, order and fill color.</param>
    /// <param name="workspace">Memory; the result lies in it until it is used again.</param>
    /// <param name="vectorized">Whether to use vector instructions where the machine has them.</param>
    /// <returns>Rows without gaps, four bytes per pixel: red, green, blue, and one that is opacity or nothing.</returns>
    public static Span<byte> Resize(
        PixelRows source, ResizePlan plan, PreprocessingConfig config, Workspace workspace, bool vectorized = true)
    {
        var window = Window.Inside(plan);
        var result = workspace.Result(4L * plan.Result.Pixels);
        if (window.Width < plan.Result.Width || window.Height < plan.Result.Height)
            Fill(result, config.Fill);

        var rowBytes = 4 * window.Width;
        var stride = RoundUp(rowBytes, Avx2Passes.ColumnGroup);
        var resized = source.IsIndexed && config.ColorOrder == ColorOrder.ResizeThenConvert
            ? Nearest(source, plan, window, workspace, stride)
            : TwoPasses(source, plan, window, config, workspace, stride, vectorized && Avx2Passes.IsSupported);

        var hasAlpha = source.Format.HasAlpha() && !source.IsIndexed;
        for (var y = 0; y < window.Height; y++)
        {
            var row = resized.Slice((int)(y * stride), rowBytes);
            if (config.ColorOrder == ColorOrder.ResizeThenConvert)
                Convert(row, hasAlpha && Changes(source, plan), source.Format == PixelFormat.Cmyk32);
            row.CopyTo(result[(4 * ((window.ResultTop + y) * plan.Result.Width + window.ResultLeft))..]);
        }
        return result;
    }

    private static bool Changes(PixelRows source, ResizePlan plan) => plan.Width != source.Width || plan.Height != source.Height;

    private static void Convert(Span<byte> row, bool hasAlpha, bool isCmyk)
    {
        if (hasAlpha)
            Alpha.Unpremultiply(row);
        if (isCmyk)
        {
            fixed (byte* pixels = row)
                Cmyk.ToRgbx(pixels, pixels, row.Length / 4);
        }
    }

    private static Span<byte> TwoPasses(
        PixelRows source, ResizePlan plan, Window window, PreprocessingConfig config, Workspace workspace, long stride, bool vectorized)
    {
        var horizontal = plan.Width == source.Width ? null : workspace.Horizontal;
        var vertical = plan.Height == source.Height ? null : workspace.Vertical;
        var extent = plan.Extent ?? new PixelExtent(0, 0, source.Width, source.Height);
        horizontal?.Prepare(config.Interpolation, source.Width, extent.Left, extent.Width, plan.Width, window.Left, window.Width, keepInside: true);
        vertical?.Prepare(config.Interpolation, source.Height, extent.Top, extent.Height, plan.Height, window.Top, window.Height, keepInside: false);

        var firstRow = vertical?.FirstNeeded ?? (int)window.Top;
        var rowCount = (vertical?.EndNeeded ?? (int)window.Top + window.Height) - firstRow;
        // Groups of rows are written whole, and the vertical pass reads one row beyond the last.
        var roundedRows = RoundUp(rowCount, Avx2Passes.RowGroup) + 1;
        // The new rows follow the old ones in the same memory.
        var buffer = workspace.Intermediate((roundedRows + window.Height) * stride);
        fixed (byte* rows = buffer)
        {
            // Colors are not weighted by opacity when nothing is resized.
            var isCopied = source.Format.HasAlpha() && !Changes(source, plan);
            var order = isCopied ? ColorOrder.ConvertThenResize : config.ColorOrder;
            for (var row = 0; row < rowCount; row += source.MostRows)
            {
                var count = Math.Min(source.MostRows, rowCount - row);
                var reader = new RowReader(source.Read(firstRow + row, count), order);
                HorizontalPass(reader, horizontal, (int)window.Left, window.Width, count, rows + row * stride, stride, workspace, vectorized);
            }
            if (vertical is null)
                return buffer[..(int)(window.Height * stride)];

            var result = rows + roundedRows * stride;
            if (vectorized)
                Avx2Passes.Vertical(rows, firstRow, stride, result, 4 * window.Width, stride, vertical);
            else
                ScalarPasses.Vertical(rows, firstRow, stride, result, 4 * window.Width, stride, vertical);
            return buffer[(int)(roundedRows * stride)..];
        }
    }

    private static void HorizontalPass(
        RowReader reader, ResampleWeights? weights, int left, int width, int rowCount,
        byte* result, long stride, Workspace workspace, bool vectorized)
    {
        var firstColumn = weights is null ? left : weights.PairsFit ? Math.Min(weights.PairStarts[0], weights.FirstNeeded) : weights.FirstNeeded;
        var endColumn = weights is null ? left + width : weights.PairsFit ? reader.EndOfPairs(weights) : weights.EndNeeded;
        var scratchStride = RoundUp(4 * (endColumn - firstColumn), Avx2Passes.ColumnGroup);
        var grouped = vectorized && weights is { PairsFit: true };
        fixed (byte* pixels = reader.Pixels)
        fixed (byte* scratch = reader.IsDirect ? default : workspace.Rows(Avx2Passes.RowGroup * scratchStride))
        {
            var rows = stackalloc byte*[Avx2Passes.RowGroup];
            var results = stackalloc byte*[Avx2Passes.RowGroup];
            for (var row = 0; row < rowCount; row += Avx2Passes.RowGroup)
            {
                for (var i = 0; i < Avx2Passes.RowGroup; i++)
                {
                    // A group that is not full repeats the last row; its results land where nobody looks.
                    var number = Math.Min(row + i, rowCount - 1);
                    var origin = scratch + i * scratchStride;
                    rows[i] = reader.Read(pixels, number, firstColumn, endColumn, origin);
                    results[i] = result + (row + i) * stride;
                }
                if (grouped)
                {
                    Avx2Passes.Horizontal(rows, results, weights!);
                    continue;
                }
                for (var i = 0; i < Math.Min(Avx2Passes.RowGroup, rowCount - row); i++)
                {
                    if (weights is null)
                        Buffer.MemoryCopy(rows[i] + 4L * left, results[i], 4L * width, 4L * width);
                    else
                        ScalarPasses.Horizontal(rows[i], results[i], weights);
                }
            }
        }
    }

    private static Span<byte> Nearest(PixelRows source, ResizePlan plan, Window window, Workspace workspace, long stride)
    {
        var buffer = workspace.Intermediate(window.Height * stride);
        var indices = workspace.Columns(window.Width + window.Height);
        var columns = indices[..window.Width];
        var rows = indices[window.Width..];
        NearestAxis.Fill(columns, source.Width, plan.Width, window.Left);
        NearestAxis.Fill(rows, source.Height, plan.Height, window.Top);
        fixed (byte* scratch = workspace.Rows(4L * source.Width))
        fixed (byte* result = buffer)
        {
            for (var y = 0; y < window.Height; y++)
            {
                var destination = (uint*)(result + y * stride);
                // A stripe cannot be read again: a row that shows twice is copied.
                if (y > 0 && rows[y] == rows[y - 1])
                {
                    Buffer.MemoryCopy(result + (y - 1) * stride, destination, 4L * window.Width, 4L * window.Width);
                    continue;
                }
                var reader = new RowReader(source.Read(rows[y], 1), ColorOrder.ConvertThenResize);
                fixed (byte* pixels = reader.Pixels)
                {
                    var row = (uint*)reader.Read(pixels, 0, 0, source.Width, scratch);
                    for (var x = 0; x < columns.Length; x++)
                        destination[x] = row[columns[x]];
                }
            }
        }
        return buffer;
    }

    private static void Fill(Span<byte> result, FillColor color)
    {
        for (var i = 0; i < result.Length; i += 4)
        {
            result[i] = color.Red;
            result[i + 1] = color.Green;
            result[i + 2] = color.Blue;
            result[i + 3] = 255;
        }
    }

    private static long RoundUp(long value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
