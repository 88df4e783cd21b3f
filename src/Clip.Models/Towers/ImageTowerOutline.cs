using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Sizes of an image tower that can be read off the shapes of its weights.</summary>
/// <param name="Family">The kind of tower, such as "VisionTransformer".</param>
/// <param name="Resolution">Height and width of images, in pixels; null where the positions are not a square.</param>
/// <param name="PatchSize">Side of a patch, in pixels; null for towers without patches.</param>
/// <param name="Width">Channels.</param>
/// <param name="Layers">Blocks.</param>
public sealed record ImageTowerOutline(string Family, int? Resolution, int? PatchSize, long Width, int Layers)
{
    /// <summary>Reads the sizes of the image tower of a checkpoint in any layout, which may hold it alone.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <returns>The sizes; null where the names are not those of one known tower.</returns>
    public static ImageTowerOutline? TryRead(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return TensorShapes.TryRead(checkpoint) is { } shapes
            ? TowerFamilies.Images.Select(family => family.TryOutline(shapes)).FirstOrDefault(outline => outline is not null)
            : null;
    }
}
