using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Clip.Benchmarks.Graphs;

/// <summary>Lines over a horizontal axis that doubles from tick to tick and a vertical one that begins at zero.</summary>
/// <param name="horizontal">What the horizontal axis counts.</param>
/// <param name="vertical">What the vertical axis counts.</param>
/// <param name="lines">The lines; at least one, with a point.</param>
internal sealed class LineGraph(string horizontal, string vertical, IReadOnlyList<GraphLine> lines)
{
    private const int Width = 720, PlotHeight = 300, Left = 64, Right = 24, Top = 24, RowHeight = 20, AxisHeight = 56, Ticks = 5, SwatchWidth = 36;

    // Okabe and Ito's, which people with any kind of color vision tell apart.
    private static readonly string[] s_colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    private double Highest { get; } = RoundUp(lines.SelectMany(line => line.Points).Max(point => point.Y));

    private double LowestX { get; } = lines.SelectMany(line => line.Points).Min(point => point.X);

    private double HighestX { get; } = lines.SelectMany(line => line.Points).Max(point => point.X);

    /// <summary>Draws the graph.</summary>
    /// <returns>An SVG document.</returns>
    public string ToSvg()
    {
        var height = Top + PlotHeight + AxisHeight + (lines.Count * RowHeight);
        var root = new XElement(s_svg + "svg",
            new XAttribute("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {height}")),
            new XAttribute("font-family", "sans-serif"), new XAttribute("font-size", 12), new XAttribute("role", "img"),
            new XElement(s_svg + "title", $"{vertical} over {horizontal}"),
            new XElement(s_svg + "rect", new XAttribute("width", Width), new XAttribute("height", height), new XAttribute("fill", "#ffffff")));
        root.Add(Axes());
        foreach (var (i, line) in lines.Index())
        {
            root.Add(Polyline(line, line.Points.Select(point => (X(point.X), Y(point.Y)))));
            root.Add(line.Points.Select(point => new XElement(s_svg + "circle", At("cx", X(point.X)), At("cy", Y(point.Y)), At("r", 3), Fill(line))));
            var row = Top + PlotHeight + AxisHeight + (i * RowHeight);
            root.Add(Polyline(line, [(Left, row), (Left + SwatchWidth, row)]), Text(Left + SwatchWidth + 8, row + 4, line.Label, "start"));
        }
        return $"{root}\n";
    }

    private static double RoundUp(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return new[] { 1, 1.5, 2, 3, 4, 5, 7.5, 10 }.Select(step => step * power).First(step => step >= value);
    }

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        points.Aggregate(new StringBuilder(), (text, point) => text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : " ")}{point.X:0.#},{point.Y:0.#}")).ToString();

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));

    private static XAttribute Fill(GraphLine line) => new("fill", Color(line));

    private static string Color(GraphLine line) => s_colors[line.Color % s_colors.Length];

    private static XElement Polyline(GraphLine line, IEnumerable<(double X, double Y)> points) => new(s_svg + "polyline",
        new XAttribute("points", Points(points)), new XAttribute("fill", "none"), new XAttribute("stroke", Color(line)), At("stroke-width", 2),
        line.IsDashed ? new XAttribute("stroke-dasharray", "6 4") : null);

    private static XElement Text(double x, double y, string text, string anchor) =>
        new(s_svg + "text", At("x", x), At("y", y), new XAttribute("text-anchor", anchor), new XAttribute("fill", "#222222"), text);

    private IEnumerable<XElement> Axes()
    {
        for (var tick = 0; tick <= Ticks; tick++)
        {
            var value = Highest * tick / Ticks;
            yield return Rule(Left, Y(value), Width - Right, Y(value));
            yield return Text(Left - 8, Y(value) + 4, value.ToString("0.##", CultureInfo.InvariantCulture), "end");
        }
        for (var value = LowestX; value <= HighestX; value *= 2)
            yield return Text(X(value), Top + PlotHeight + 18, value.ToString("0.##", CultureInfo.InvariantCulture), "middle");
        yield return Text((Left + Width - Right) / 2.0, Top + PlotHeight + 36, horizontal, "middle");
        yield return Text(Left, Top - 8, vertical, "start");
    }

    private static XElement Rule(double x1, double y1, double x2, double y2) =>
        new(s_svg + "line", At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2), new XAttribute("stroke", "#dddddd"));

    private double X(double value) => HighestX > LowestX
        ? Left + ((Width - Left - Right) * Math.Log(value / LowestX) / Math.Log(HighestX / LowestX))
        : (Left + Width - Right) / 2.0;

    private double Y(double value) => Top + (PlotHeight * (1 - (value / Highest)));
}
