using System.Globalization;
using System.Xml.Linq;
using Microsoft.DotNet.Interactive.Formatting;

namespace Clip.Interactive.Tests;

public sealed class LineChartTests
{
    [Fact]
    public void Line_Points_LieOnTheirTicks()
    {
        var svg = Parse(new LineChart(new ChartLine("loss", [0, 1, 2], [0, 10, 4])));

        // The highest point is at the height of the tick 10, the middle one at x = 1.
        var points = Points(svg).Single().TrimStart('M').Split('L').Select(point => point.Split(' ').Select(Number).ToArray()).ToArray();
        Assert.Equal(TickPlace(svg, "10", "M64 "), points[1][1], 0.1);
        Assert.Equal(TickPlace(svg, "4", "M64 "), points[2][1], 0.1);
        Assert.Equal(Number(svg.Descendants().First(e => e.Value == "1").Attribute("x")!.Value), points[1][0], 0.1);
    }

    [Fact]
    public void Line_LogarithmicAxis_GivesEqualDistancesToEqualFactors()
    {
        var svg = Parse(new LineChart(new ChartLine("accuracy", [1, 2, 4, 8], [0, 0, 0, 0])) { IsXLogarithmic = true });

        var x = Points(svg).Single().TrimStart('M').Split('L').Select(point => Number(point.Split(' ')[0])).ToArray();
        Assert.Equal(x[1] - x[0], x[2] - x[1], 0.11);
        Assert.Equal(x[2] - x[1], x[3] - x[2], 0.11);
        Assert.Superset(new HashSet<string> { "1", "2", "4", "8" }, svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToHashSet());
    }

    [Fact]
    public void Ticks_LongLogarithmicAxis_AreFewPowersOfTen()
    {
        var svg = Parse(new LineChart(new ChartLine("accuracy", [1e-6, 1, 1e6], [-1, 0, 1])) { IsXLogarithmic = true });

        var ticks = svg.Descendants().Where(e => e.Attribute("text-anchor")?.Value == "middle").Select(e => e.Value).Where(text => text.Length > 0).ToArray();
        Assert.Equal(["1e-6", "1e-4", "0.01", "1", "100", "10000", "1e+6"], ticks);
        Assert.DoesNotContain(svg.Descendants(), e => e.Value == "-0");
    }

    [Fact]
    public void Line_NotFinitePoint_LeavesAGap()
    {
        var svg = Parse(new LineChart(new ChartLine("loss", [4, double.NaN, 3, 2])));

        Assert.Equal(2, Points(svg).Single().Count(letter => letter == 'M'));
    }

    [Theory]
    [InlineData(new double[0]), InlineData(new double[] { 3 }), InlineData(new double[] { 3, 3 }), InlineData(new double[] { 1e-9, 1e9 })]
    public void Line_FewOrExtremeValues_HasFinitePlacesOnly(double[] values)
    {
        var html = Rendered.Html(new LineChart(new ChartLine("loss", values)));

        Assert.DoesNotContain("NaN", html);
        Assert.DoesNotContain("Infinity", html);
        Assert.InRange(Parse(new LineChart(new ChartLine("loss", values))).Descendants().Count(e => e.Name.LocalName == "text"), 4, 20);
    }

    [Fact]
    public void Line_CultureWithCommas_KeepsPlacesReadable()
    {
        var chart = new LineChart(new ChartLine("loss", [0.5, 0.25]));

        var german = XElement.Parse(Rendered.In(CultureInfo.GetCultureInfo("de-DE"), chart, HtmlFormatter.MimeType));

        Assert.Equal(Points(Parse(chart)), Points(german));
        Assert.Contains(german.Descendants(), e => e.Value == "0,5");
    }

    [Fact]
    public void Text_Chart_SaysFromWhereToWhere() => Assert.Equal("Loss\ntraining: 4 to 0.5, 2 points",
        Rendered.Text(new LineChart(new ChartLine("training", [4, 0.5])) { Title = "Loss" }));

    [Fact]
    public void ChartLine_ListsOfDifferentLength_Throw() => Assert.Throws<ArgumentException>("y", () => new ChartLine("a", [1, 2], [1]));

    private static XElement Parse(LineChart chart) => XElement.Parse(Rendered.Html(chart));

    private static IEnumerable<string> Points(XElement svg) => svg.Elements().Where(e => e.Attribute("stroke-width")?.Value == "2").Select(e => e.Attribute("d")!.Value);

    private static double TickPlace(XElement svg, string label, string gridStart)
    {
        var text = svg.Elements().First(e => e.Value == label && e.Attribute("text-anchor")!.Value == "end");
        var grid = (XElement)text.PreviousNode!;
        Assert.StartsWith(gridStart, grid.Attribute("d")!.Value);
        return Number(grid.Attribute("d")!.Value[gridStart.Length..].Split('H')[0]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
