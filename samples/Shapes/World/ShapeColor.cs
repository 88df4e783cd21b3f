namespace Shapes.World;

/// <summary>The color of what an image shows.</summary>
internal enum ShapeColor
{
    Red,
    Orange,
    Yellow,
    Green,
    Turquoise,
    Blue,
    Purple,
    Pink,
    White,
    Black,
}
