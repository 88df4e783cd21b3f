namespace Shapes.World;

/// <summary>The colour of what a picture shows.</summary>
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
