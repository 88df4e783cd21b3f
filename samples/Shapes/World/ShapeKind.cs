namespace Shapes.World;

/// <summary>What a picture shows.</summary>
internal enum ShapeKind
{
    Circle,
    Square,
    Triangle,
    Star,
    Heart,
    Cross,
    Ring,
    Moon,
    Arrow,
    Hourglass,
}
