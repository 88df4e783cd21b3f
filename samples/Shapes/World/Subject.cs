namespace Shapes.World;

/// <summary>What the caption of an image can be about.</summary>
internal readonly record struct Subject(ShapeColor Color, ShapeKind Shape, ShapeSize Size, Place Place, Texture Texture);
