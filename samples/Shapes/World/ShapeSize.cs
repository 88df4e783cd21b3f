namespace Shapes.World;

/// <summary>How much of a picture its shape takes.</summary>
internal enum ShapeSize
{
    Small,
    Medium,
    Large,
}
