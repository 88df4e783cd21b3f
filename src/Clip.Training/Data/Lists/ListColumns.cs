namespace Clip.Training.Data.Lists;

/// <summary>The names under which a column is looked for, the first that is there counts.</summary>
internal sealed class ListColumns
{
    private ListColumns(params string[] names) => Names = names;

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The names of the column of paths.</summary>
    public static ListColumns Image(CaptionColumns columns) =>
        columns.Image is { } name ? new(name) : new("filepath", "image", "path", "file", "file_name", "filename");

    /// <summary>The names of the column of captions.</summary>
    public static ListColumns Caption(CaptionColumns columns) => columns.Caption is { } name ? new(name) : new("title", "caption", "text");

    /// <summary>The place of the column among those that are there; -1 for nowhere. Case and spaces around a name count only between names that differ in nothing else.</summary>
    public int Find(IReadOnlyList<string> present)
    {
        foreach (var comparison in (StringComparison[])[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            foreach (var name in Names)
            {
                for (var place = 0; place < present.Count; place++)
                {
                    if (present[place].AsSpan().Trim().Equals(name.AsSpan().Trim(), comparison))
                        return place;
                }
            }
        }
        return -1;
    }

    /// <summary>What is wrong with a list that lacks the column.</summary>
    public PairDataException Missing(string path, IEnumerable<string> present, string place = "") => new(path,
        $"has{place} no column {string.Join(" or ", Names.Select(name => $"'{name}'"))} but {string.Join(", ", present.Take(20).Select(name => $"'{name}'"))}; "
        + $"say in {nameof(CaptionColumns)} which to read.");
}
