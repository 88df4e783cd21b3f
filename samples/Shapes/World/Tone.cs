namespace Shapes.World;

/// <summary>How light a background is.</summary>
internal enum Tone
{
    Dark,
    Middle,
    Light,
}
