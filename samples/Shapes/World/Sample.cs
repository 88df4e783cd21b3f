namespace Shapes.World;

/// <summary>A scene and what someone says about it.</summary>
internal readonly record struct Sample(Scene Scene, Caption Caption);
