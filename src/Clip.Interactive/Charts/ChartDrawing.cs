using System.Globalization;
using System.Text;
using Clip.Interactive.Html;

namespace Clip.Interactive.Charts;

/// <summary>A chart as SVG, whose letters and axes take the color of the page.</summary>
internal static class ChartDrawing
{
    private const int Width = 560, Height = 300, Left = 64, Right = 16, Top = 34, Bottom = 48, LegendHeight = 18;

    // "muted" of Python's seaborn: told apart also by those who see few colors.
    private static readonly string[] Colors = ["#4878d0", "#ee854a", "#6acc64", "#d65f5f", "#956cb4", "#8c613c"];

    public static Markup ToSvg(LineChart chart)
    {
        var (x, y) = Axes(chart);
        var height = chart.Lines.Count > 1 ? Height + LegendHeight * chart.Lines.Count : Height;
        return Markup.Of($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="sans-serif" font-size="12" fill="currentColor">
            <text x="{Width / 2}" y="18" text-anchor="middle" font-size="14">{chart.Title}</text>
            {Markup.Of(y.Ticks().Select(tick => YTick(tick, y.At(tick))))}
            {Markup.Of(x.Ticks().Select(tick => XTick(tick, x.At(tick))))}
            <text x="{(Left + Width - Right) / 2}" y="{Height - 8}" text-anchor="middle">{chart.XTitle}</text>
            <text transform="translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle">{chart.YTitle}</text>
            {Markup.Of(chart.Lines.Select((line, i) => Line(line, i, x, y)))}
            {(chart.Lines.Count > 1 ? Markup.Of(chart.Lines.Select(LegendEntry)) : Markup.Empty)}
            </svg>
            """);
    }

    public static string ToText(LineChart chart)
    {
        var lines = chart.Lines.Select(line => line.Y.Count == 0 ? $"{line.Name}: no points"
            : $"{line.Name}: {Number(line.Y[0])} to {Number(line.Y[^1])}, {line.Y.Count} points");
        return string.Join('\n', chart.Title.Length == 0 ? lines : lines.Prepend(chart.Title));
    }

    private static (Axis X, Axis Y) Axes(LineChart chart)
    {
        var points = chart.Lines.SelectMany(line => Points(line, chart.IsXLogarithmic)).Where(point => point is not null)
            .Select(point => point!.Value).DefaultIfEmpty((X: 1, Y: 0)).ToList();
        return (new Axis(points.Min(p => p.X), points.Max(p => p.X), Left, Width - Right, chart.IsXLogarithmic),
            new Axis(chart.YLow ?? points.Min(p => p.Y), chart.YHigh ?? points.Max(p => p.Y), Height - Bottom, Top));
    }

    private static IEnumerable<(double X, double Y)?> Points(ChartLine line, bool isLogarithmic) => line.X.Zip(line.Y, (x, y) =>
        double.IsFinite(x) && double.IsFinite(y) && (!isLogarithmic || x > 0) ? (x, y) : ((double, double)?)null);

    private static Markup Line(ChartLine line, int index, Axis x, Axis y)
    {
        var path = new StringBuilder();
        var isPenUp = true;
        foreach (var point in Points(line, x.IsLogarithmic))
        {
            if (point is { } at)
                path.Append(CultureInfo.InvariantCulture, $"{(isPenUp ? 'M' : 'L')}{x.At(at.X):F1} {y.At(at.Y):F1}");
            isPenUp = point is null;
        }
        return Markup.Of($"<path d=\"{path}\" fill=\"none\" stroke=\"{ColorOf(index)}\" stroke-width=\"2\" stroke-linejoin=\"round\"{Dashes(line)}/>");
    }

    private static Markup YTick(double value, double at) => Markup.Of(
        $"<path d=\"M{Left} {at:F1}H{Width - Right}\" stroke=\"currentColor\" stroke-opacity=\"0.2\"/><text x=\"{Left - 6}\" y=\"{at + 4:F1}\" text-anchor=\"end\">{Number(value)}</text>");

    private static Markup XTick(double value, double at) => Markup.Of(
        $"<path d=\"M{at:F1} {Top}V{Height - Bottom}\" stroke=\"currentColor\" stroke-opacity=\"0.1\"/><text x=\"{at:F1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{Number(value)}</text>");

    private static Markup LegendEntry(ChartLine line, int index)
    {
        var at = Height + LegendHeight * index + LegendHeight / 2;
        return Markup.Of($"<path d=\"M{Left} {at}h24\" stroke=\"{ColorOf(index)}\" stroke-width=\"3\"{Dashes(line)}/><text x=\"{Left + 32}\" y=\"{at + 4}\">{line.Name}</text>");
    }

    private static Markup Dashes(ChartLine line) => line.IsDashed ? Markup.Of($" stroke-dasharray=\"6 4\"") : Markup.Empty;

    private static string ColorOf(int index) => Colors[index % Colors.Length];

    private static string Number(double value) => value.ToString(
        value != 0 && Math.Abs(value) is < 1e-3 or >= 1e6 ? "0.##e+0" : "0.####", CultureInfo.CurrentCulture);
}
