namespace Shapes.World;

/// <summary>Where a shape stands, in thirds of the image.</summary>
/// <param name="Column">0 for left, 1 for the middle, 2 for right.</param>
/// <param name="Row">0 for top, 1 for the middle, 2 for bottom.</param>
internal readonly record struct Place(int Column, int Row);
