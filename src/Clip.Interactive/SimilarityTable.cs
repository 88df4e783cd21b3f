using Clip.Preprocessing;

namespace Clip.Interactive;

/// <summary>Similarities, probabilities or losses of rows with columns, as the output of a cell: a table with the cells shaded.</summary>
public sealed record SimilarityTable
{
    /// <summary>Takes values and the names of rows and columns.</summary>
    /// <param name="values">N rows of M values, such as those of <see cref="EmbeddingMath.Similarities(IReadOnlyList{float[]}, IReadOnlyList{float[]})"/>.</param>
    /// <param name="rows">N names.</param>
    /// <param name="columns">M names.</param>
    /// <exception cref="ArgumentException">The names are not as many as the rows or columns.</exception>
    public SimilarityTable(IReadOnlyList<float[]> values, IReadOnlyList<string> rows, IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        if (values.Count != rows.Count)
            throw new ArgumentException($"There are {values.Count} rows of values and {rows.Count} names of rows.", nameof(rows));
        if (values.FirstOrDefault(row => row.Length != columns.Count) is { } odd)
            throw new ArgumentException($"There is a row of {odd.Length} values and there are {columns.Count} names of columns.", nameof(columns));
        (Values, Rows, Columns) = (values, rows, columns);
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<float[]> Values { get; }

    /// <summary>Names of the rows.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>An image for each row; null for names alone.</summary>
    /// <exception cref="ArgumentException">There is not one for each.</exception>
    public IReadOnlyList<ImageSource>? RowImages
    {
        get;
        init => field = OnePer(value, Rows, nameof(RowImages));
    }

    /// <summary>An image for each column; null for names alone.</summary>
    /// <exception cref="ArgumentException">There is not one for each.</exception>
    public IReadOnlyList<ImageSource>? ColumnImages
    {
        get;
        init => field = OnePer(value, Columns, nameof(ColumnImages));
    }

    /// <summary>The value without shade; null for the lowest in the table.</summary>
    public float? Low { get; init; }

    /// <summary>The value with full shade; null for the highest in the table.</summary>
    public float? High { get; init; }

    /// <summary>How values are written: a numeric format of .NET.</summary>
    public string Format { get; init; } = "F2";

    private static IReadOnlyList<ImageSource>? OnePer(IReadOnlyList<ImageSource>? images, IReadOnlyList<string> names, string parameter) =>
        images is null || images.Count == names.Count ? images : throw new ArgumentException($"There are {images.Count} images for {names.Count} names.", parameter);
}
