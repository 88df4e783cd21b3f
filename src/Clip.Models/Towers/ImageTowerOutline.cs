namespace Clip.Models;

/// <summary>Sizes of an image tower that can be read off the shapes of its weights.</summary>
/// <param name="Family">The kind of tower, such as "VisionTransformer".</param>
/// <param name="Resolution">Height and width of images, in pixels; null where the positions are not a square.</param>
/// <param name="PatchSize">Side of a patch, in pixels; null for towers without patches.</param>
/// <param name="Width">Channels.</param>
/// <param name="Layers">Blocks.</param>
public sealed record ImageTowerOutline(string Family, int? Resolution, int? PatchSize, long Width, int Layers);
