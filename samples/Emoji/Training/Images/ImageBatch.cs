namespace Emoji.Training.Images;

/// <summary>Images of training and which emoji they are of.</summary>
/// <param name="Pixels">Normalized pixels, [N, H, W, 3].</param>
/// <param name="Emoji">Places in the list of all emoji, [N].</param>
internal sealed record ImageBatch(float[] Pixels, long[] Emoji)
{
    /// <summary>A share of the images for one of several workers.</summary>
    /// <param name="share">Which.</param>
    /// <param name="shares">How many there are; divides the size of the batch.</param>
    /// <returns>Pixels [N, 3, H, W], whose channels lie last in memory, as convolutions are fastest, and the emoji.</returns>
    public (Tensor Pixels, Tensor Emoji) Part(int share, int shares)
    {
        var count = Emoji.Length / shares;
        var pixels = Pixels.AsSpan(share * count * ImageComposer.Length, count * ImageComposer.Length).ToArray();
        return (
            tensor(pixels, [count, Recipe.Resolution, Recipe.Resolution, 3]).permute(0, 3, 1, 2),
            tensor(Emoji.AsSpan(share * count, count).ToArray()));
    }
}
