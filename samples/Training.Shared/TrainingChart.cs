using System.Globalization;
using System.Text;

namespace Training.Shared;

/// <summary>Draws the curves of a run as SVG: the loss on the left scale, shares of right answers on the right one.</summary>
public static class TrainingChart
{
    private const int Width = 720;
    private const int Height = 400;
    private const int Left = 55;
    private const int Right = 60;
    private const int Top = 20;
    private const int Bottom = 45;

    /// <summary>Makes the image of what a run has written.</summary>
    /// <param name="values">What it has written.</param>
    /// <param name="curves">Which of it to draw; one is the loss.</param>
    public static string Draw(IReadOnlyList<(long Step, string Name, double Value)> values, IReadOnlyList<Curve> curves)
    {
        var steps = Math.Max(1, values.Max(entry => entry.Step));
        var highest = Math.Ceiling(values.Where(entry => entry.Name == Curve.Loss.Name).Max(entry => entry.Value));
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12"><rect width="{Width}" height="{Height}" fill="white"/>""");
        for (var tick = 0; tick <= 5; tick++)
        {
            var (y, x) = (Y(tick / 5.0), X(tick / 5.0));
            Line(Left, y, Width - Right, y);
            Text(Left - 8, y + 4, "end", Number(highest * tick / 5));
            Text(Width - Right + 8, y + 4, "start", $"{20 * tick} %");
            Text(x, Height - Bottom + 18, "middle", Number(steps * tick / 5.0));
        }
        Text((Width - Right + Left) / 2.0, Height - 8, "middle", "steps");
        for (var curve = 0; curve < curves.Count; curve++)
        {
            var (name, color, legend, isShare) = curves[curve];
            var points = values.Where(entry => entry.Name == name)
                .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{X(entry.Step / (double)steps):F1},{Y(entry.Value / (isShare ? 1 : highest)):F1}"));
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="{color}" stroke-width="2" points="{string.Join(' ', points)}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Width - Right - 12}" y="{Height - Bottom - 50 + 18 * curve}" text-anchor="end" fill="{color}">{legend}</text>""");
        }
        return svg.AppendLine("</svg>").ToString();

        static double X(double share) => Left + share * (Width - Left - Right);
        static double Y(double share) => Height - Bottom - share * (Height - Top - Bottom);
        static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
        void Line(double x1, double y1, double x2, double y2) => svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<line x1="{x1:F1}" y1="{y1:F1}" x2="{x2:F1}" y2="{y2:F1}" stroke="#dddddd"/>""");
        void Text(double x, double y, string anchor, string text) => svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}">{text}</text>""");
    }
}
