namespace Shapes.World;

/// <summary>The pattern behind a shape.</summary>
internal enum Texture
{
    Plain,
    Noise,
    Stripes,
    Gradient,
    Checker,
    Blobs,
    Dots,
}
