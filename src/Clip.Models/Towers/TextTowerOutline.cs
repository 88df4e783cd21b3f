using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>Sizes of a text tower that can be read off the shapes of its weights.</summary>
/// <param name="ContextLength">The most tokens of a text.</param>
/// <param name="VocabularySize">Number of tokens in the vocabulary.</param>
/// <param name="Width">Channels.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="EmbeddingSize">Channels of the shared space.</param>
public sealed record TextTowerOutline(long ContextLength, long VocabularySize, long Width, int Layers, long EmbeddingSize)
{
    /// <summary>Reads the sizes of the text tower of a checkpoint in any layout, which may hold it alone.</summary>
    /// <param name="checkpoint">An open checkpoint.</param>
    /// <returns>The sizes; null where the names are not those of one known tower.</returns>
    public static TextTowerOutline? TryRead(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return TensorShapes.TryRead(checkpoint) is { } shapes
            ? TowerFamilies.Texts.Select(family => family.TryOutline(shapes)).FirstOrDefault(outline => outline is not null)
            : null;
    }
}
