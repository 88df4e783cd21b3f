namespace Shapes.World;

/// <summary>Which colors occur with which shapes in training: four fifths of the pairs, and each color and each shape equally often.</summary>
internal static class Combinations
{
    public static readonly IReadOnlyList<ShapeKind> Shapes = Enum.GetValues<ShapeKind>();

    public static readonly IReadOnlyList<ShapeColor> Colors = Enum.GetValues<ShapeColor>();

    /// <summary>All pairs; the index of a pair is its class.</summary>
    public static readonly IReadOnlyList<(ShapeColor Color, ShapeKind Shape)> All =
        [.. from color in Colors from shape in Shapes select (color, shape)];

    /// <summary>The pairs that training shows.</summary>
    public static readonly IReadOnlyList<(ShapeColor Color, ShapeKind Shape)> Seen = [.. All.Where(pair => !IsUnseen(pair.Color, pair.Shape))];

    /// <summary>The pairs that training never shows or names: two shapes of each color, two colors of each shape.</summary>
    public static readonly IReadOnlyList<(ShapeColor Color, ShapeKind Shape)> Unseen = [.. All.Where(pair => IsUnseen(pair.Color, pair.Shape))];

    /// <summary>Whether a pair is kept from training.</summary>
    public static bool IsUnseen(ShapeColor color, ShapeKind shape) => ((int)color + (int)shape) % 5 == 0;
}
