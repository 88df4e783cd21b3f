namespace Shapes.World;

/// <summary>What an image shows.</summary>
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
