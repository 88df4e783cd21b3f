namespace Shapes.World;

/// <summary>How much of an image its shape takes.</summary>
internal enum ShapeSize
{
    Small,
    Medium,
    Large,
}
