using SkiaSharp;

namespace Shapes.World;

/// <summary>The outline of each shape in a circle of radius 1 around the origin, y pointing down.</summary>
internal static class ShapePath
{
    private static readonly SKPath[] Paths = [.. Combinations.Shapes.Select(Create)];

    /// <summary>The outline; shared, so not to be changed.</summary>
    public static SKPath Of(ShapeKind shape) => Paths[(int)shape];

    private static SKPath Create(ShapeKind shape) => shape switch
    {
        ShapeKind.Circle => Circle(),
        ShapeKind.Square => Polygon((-0.8f, -0.8f), (0.8f, -0.8f), (0.8f, 0.8f), (-0.8f, 0.8f)),
        ShapeKind.Triangle => Polygon((0, -1), (0.95f, 0.75f), (-0.95f, 0.75f)),
        ShapeKind.Star => Star(points: 5, innerRadius: 0.42),
        ShapeKind.Heart => Heart(),
        ShapeKind.Cross => Polygon(
            (-0.32f, -1), (0.32f, -1), (0.32f, -0.32f), (1, -0.32f), (1, 0.32f), (0.32f, 0.32f),
            (0.32f, 1), (-0.32f, 1), (-0.32f, 0.32f), (-1, 0.32f), (-1, -0.32f), (-0.32f, -0.32f)),
        ShapeKind.Ring => Ring(),
        ShapeKind.Moon => Moon(),
        ShapeKind.Arrow => Polygon((1, 0), (0.15f, -0.85f), (0.15f, -0.32f), (-1, -0.32f), (-1, 0.32f), (0.15f, 0.32f), (0.15f, 0.85f)),
        ShapeKind.Hourglass => Polygon((-0.75f, -1), (0.75f, -1), (0.12f, 0), (0.75f, 1), (-0.75f, 1), (-0.12f, 0)),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
    };

    private static SKPath Polygon(params ReadOnlySpan<(float X, float Y)> corners)
    {
        using var builder = new SKPathBuilder();
        builder.MoveTo(corners[0].X, corners[0].Y);
        foreach (var (x, y) in corners[1..])
            builder.LineTo(x, y);
        builder.Close();
        return builder.Detach();
    }

    private static SKPath Circle() => Build(builder => builder.AddCircle(0, 0, 0.95f));

    private static SKPath Ring() => Build(builder =>
    {
        builder.FillType = SKPathFillType.EvenOdd;
        builder.AddCircle(0, 0, 1);
        builder.AddCircle(0, 0, 0.55f);
    });

    private static SKPath Star(int points, double innerRadius)
    {
        Span<(float, float)> corners = stackalloc (float, float)[2 * points];
        for (var i = 0; i < corners.Length; i++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * i / points);
            var radius = i % 2 == 0 ? 1 : innerRadius;
            corners[i] = ((float)(radius * sin), (float)(-radius * cos));
        }
        return Polygon(corners);
    }

    private static SKPath Heart() => Build(builder =>
    {
        builder.MoveTo(0, 0.95f);
        builder.CubicTo(-0.5f, 0.5f, -1.05f, 0.15f, -1, -0.4f);
        builder.CubicTo(-0.95f, -0.95f, -0.2f, -1, 0, -0.4f);
        builder.CubicTo(0.2f, -1, 0.95f, -0.95f, 1, -0.4f);
        builder.CubicTo(1.05f, 0.15f, 0.5f, 0.5f, 0, 0.95f);
        builder.Close();
    });

    // The outer arc is most of a circle, the inner one of a circle that is moved to the right.
    private static SKPath Moon() => Build(builder =>
    {
        builder.MoveTo(0.45f, -0.88f);
        builder.ArcTo(new SKPoint(1, 1), 0, SKPathArcSize.Large, SKPathDirection.CounterClockwise, new SKPoint(0.45f, 0.88f));
        builder.ArcTo(new SKPoint(0.9f, 0.9f), 0, SKPathArcSize.Large, SKPathDirection.Clockwise, new SKPoint(0.45f, -0.88f));
        builder.Close();
    });

    private static SKPath Build(Action<SKPathBuilder> draw)
    {
        using var builder = new SKPathBuilder();
        draw(builder);
        return builder.Detach();
    }
}
