using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Sizes of a model that can be read off the shapes of its weights, without loading them and without a config.</summary>
/// <param name="Image">The image tower.</param>
/// <param name="Text">The text tower.</param>
public sealed record DualEncoderOutline(ImageTowerOutline Image, TextTowerOutline Text)
{
    /// <summary>Reads the sizes of a checkpoint in any layout.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <returns>The sizes; null where the names are not those of one known model.</returns>
    public static DualEncoderOutline? TryRead(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return ImageTowerOutline.TryRead(checkpoint) is { } image && TextTowerOutline.TryRead(checkpoint) is { } text
            ? new DualEncoderOutline(image, text)
            : null;
    }

    /// <summary>The sizes that a model of some architecture shows.</summary>
    /// <param name="config">The architecture.</param>
    public static DualEncoderOutline Of(DualEncoderConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new DualEncoderOutline(config.Image.Outline, config.Text.GetOutline(config.EmbeddingSize));
    }
}
