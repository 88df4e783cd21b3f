using Training.Shared;

namespace Shapes.World;

/// <summary>An image of two small shapes that differ in color and in shape, one on the left and one on the right, before one background.</summary>
/// <param name="Left">The scene whose left half it has.</param>
/// <param name="Right">The scene whose right half it has.</param>
internal sealed record TwoShapes(Scene Left, Scene Right)
{
    private const double Radius = 0.2;

    /// <summary>Draws such images from a world of pairs.</summary>
    /// <param name="world">Where the shapes come from.</param>
    /// <param name="seed">Decides where they stand.</param>
    public static IEnumerable<TwoShapes> Of(ShapeWorld world, long seed)
    {
        for (var index = 0L; ; index++)
        {
            var (left, right) = (world[2 * index].Scene, world[2 * index + 1].Scene);
            if (left.Color == right.Color || left.Shape == right.Shape)
                continue;
            var random = new IndexedRandom(seed, index);
            left = left with { Radius = Radius, CenterX = 0.25, CenterY = random.Between(0.3, 0.7), Cover = null };
            yield return new TwoShapes(left, left with { Color = right.Color, Shape = right.Shape, Fill = right.Fill, Angle = right.Angle, CenterX = 0.75, CenterY = random.Between(0.3, 0.7) });
        }
    }

    /// <summary>Paints it.</summary>
    /// <param name="painter">Paints scenes.</param>
    /// <param name="side">The side of its images.</param>
    /// <returns>Four bytes per pixel.</returns>
    public byte[] Paint(ScenePainter painter, int side)
    {
        var pixels = painter.Paint(Left).ToArray();
        var right = painter.Paint(Right);
        var (row, half) = (4 * side, 4 * (side / 2));
        for (var y = 0; y < side; y++)
            right.Slice(y * row + half, row - half).CopyTo(pixels.AsSpan(y * row + half));
        return pixels;
    }

    /// <summary>Whether a point lies within the circle around a shape.</summary>
    public static bool Covers(Scene scene, double x, double y) => Math.Pow(x - scene.CenterX, 2) + Math.Pow(y - scene.CenterY, 2) < scene.Radius * scene.Radius;
}
