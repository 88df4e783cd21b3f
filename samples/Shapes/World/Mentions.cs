namespace Shapes.World;

/// <summary>What a caption says about its image.</summary>
[Flags]
internal enum Mentions
{
    None = 0,
    Shape = 1,
    Color = 2,
    Size = 4,
    Place = 8,
    Texture = 16,
    Tone = 32,
    Blur = 64,
    Cover = 128,
}
