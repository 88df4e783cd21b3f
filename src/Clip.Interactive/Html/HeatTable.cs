using System.Globalization;
using System.Text;
using Clip.Preprocessing;

namespace Clip.Interactive.Html;

/// <summary>Similarities as a table whose cells are the bluer the higher they are.</summary>
internal static class HeatTable
{
    public static Markup ToHtml(SimilarityTable table)
    {
        var values = table.Values.SelectMany(row => row).Where(float.IsFinite).DefaultIfEmpty();
        var (low, high) = (table.Low ?? values.Min(), table.High ?? values.Max());
        var head = table.Columns.Select((_, j) => Markup.Of($"<th style=\"text-align:center\">{Label(table.Columns, table.ColumnImages, j)}</th>"));
        var rows = table.Values.Select((row, i) => Markup.Of(
            $"<tr><th style=\"text-align:left\">{Label(table.Rows, table.RowImages, i)}</th>{Markup.Of(row.Select(value => Cell(value, low, high, table)))}</tr>"));
        return Markup.Of($"<table><tr><th></th>{Markup.Of(head)}</tr>{Markup.Of(rows)}</table>");
    }

    public static string ToText(SimilarityTable table)
    {
        var first = table.Rows.Select(name => name.Length).DefaultIfEmpty().Max();
        var text = new StringBuilder().Append(' ', first);
        foreach (var name in table.Columns)
            text.Append("  ").Append(name.PadLeft(6));
        for (var i = 0; i < table.Values.Count; i++)
        {
            text.Append('\n').Append(table.Rows[i].PadRight(first));
            for (var j = 0; j < table.Columns.Count; j++)
                text.Append("  ").Append(Number(table.Values[i][j], table).PadLeft(Math.Max(6, table.Columns[j].Length)));
        }
        return text.ToString();
    }

    private static Markup Label(IReadOnlyList<string> names, IReadOnlyList<ImageSource>? images, int index) =>
        images is null ? Markup.Of($"{names[index]}") : Markup.Of($"{Thumbnail.Of(images[index])}<br>{names[index]}");

    // Half transparent, so that it suits light and dark pages; white letters from the middle on.
    private static Markup Cell(float value, float low, float high, SimilarityTable table)
    {
        var place = high > low && float.IsFinite(value) ? Math.Clamp((value - low) / (high - low), 0, 1) : 0;
        var letters = place > 0.5f ? Markup.Of($";color:white") : Markup.Empty;
        return Markup.Of($"<td style=\"text-align:center;min-width:4em;background:rgba(31,90,180,{place:F2}){letters}\">{Number(value, table)}</td>");
    }

    private static string Number(float value, SimilarityTable table) => value.ToString(table.Format, CultureInfo.CurrentCulture);
}
