namespace Clip.Models;

/// <summary>An image tower whose weights are in kernels, for inference on a CPU.</summary>
/// <param name="tower">The tower whose weights they were: its small layers compute what has no kernel.</param>
/// <param name="dtype">The dtype of the computation.</param>
/// <param name="gate">The gate of the encoder that it belongs to.</param>
/// <param name="imagesPerPass">Images whose activations fit the caches; more at once would be slower.</param>
internal abstract class PackedImageTower(ImageTower tower, ScalarType dtype, PassGate gate, long imagesPerPass) : IImageEncoder, IDisposable
{
    /// <inheritdoc/>
    public ImageTowerConfig Config => tower.Config;

    /// <inheritdoc/>
    public int PreferredBatch => (int)imagesPerPass;

    /// <inheritdoc/>
    public Tensor GetEmbeddings(Tensor pixels) => Compute(pixels, x => Project(EncodeFeatures(x)));

    /// <inheritdoc/>
    public Tensor GetFeatures(Tensor pixels) => Compute(pixels, EncodeFeatures);

    /// <inheritdoc/>
    public Tensor GetTokens(Tensor pixels) => Compute(pixels, x => tower.FinishTokens(Encode(x)));

    /// <inheritdoc/>
    public Tensor GetDenseEmbeddings(Tensor pixels, int localBlocks = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(localBlocks);
        return Compute(pixels, x => DensePlaces.Embed(x, y => EncodePlaces(y, localBlocks), PoolPlaces, Project));
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Pixels to tokens, [N, 3, H, W] to [N, L, W].</summary>
    protected abstract Tensor Encode(Tensor pixels);

    /// <summary>Pixels to features, [N, 3, H, W] to [N, F].</summary>
    protected virtual Tensor EncodeFeatures(Tensor pixels) => tower.Pool(Encode(pixels));

    /// <summary>Pixels to tokens that see themselves alone in the last blocks, [N, 3, H, W] to [N, L, W].</summary>
    protected virtual Tensor EncodePlaces(Tensor pixels, int localBlocks) => Encode(pixels);

    /// <summary>Tokens to what pooling would make of each alone, [N, P, W] to [N, P, F].</summary>
    protected virtual Tensor PoolPlaces(Tensor tokens) => tower.PoolPlaces(tokens);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    protected virtual Tensor Project(Tensor features) => tower.Project(features);

    private Tensor Compute(Tensor pixels, Func<Tensor, Tensor> encode)
    {
        using var noGradients = no_grad();
        return tower.Enter(gate, pixels, checkedPixels => Passes.Compute(checkedPixels.to(dtype, CPU), imagesPerPass, encode));
    }
}
