namespace Clip.Models;

/// <summary>Stands where an image tower was not loaded, and refuses to compute.</summary>
/// <param name="config">The sizes it would have.</param>
internal sealed class MissingImageEncoder(ImageTowerConfig config) : IImageEncoder
{
    /// <inheritdoc/>
    public ImageTowerConfig Config => config;

    /// <inheritdoc/>
    public int PreferredBatch => 1;

    /// <inheritdoc/>
    public Tensor GetEmbeddings(Tensor pixels) => throw Refusal();

    /// <inheritdoc/>
    public Tensor GetFeatures(Tensor pixels) => throw Refusal();

    /// <inheritdoc/>
    public Tensor GetTokens(Tensor pixels) => throw Refusal();

    /// <inheritdoc/>
    public Tensor GetDenseEmbeddings(Tensor pixels, int localBlocks = 1) => throw Refusal();

    private static InvalidOperationException Refusal() =>
        new($"The model was loaded without its image tower: load it with {nameof(LoadOptions.Towers)} as {nameof(Towers.Image)} or {nameof(Towers.Both)}.");
}
