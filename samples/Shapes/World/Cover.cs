namespace Shapes.World;

/// <summary>A bar in front of a part of the shape.</summary>
/// <param name="Direction">Where it is, seen from the shape's center, in degrees.</param>
/// <param name="Distance">How far from the center its inner edge is, in radii of the shape.</param>
/// <param name="Width">How wide it is, in radii of the shape.</param>
/// <param name="Color">Its color, a muted one.</param>
internal readonly record struct Cover(double Direction, double Distance, double Width, Rgb Color);
