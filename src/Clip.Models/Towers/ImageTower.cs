using Clip.Kernels;
using Clip.Runtime;

namespace Clip.Models;

/// <summary>The image encoder of a dual encoder.</summary>
/// <remarks>
/// <para>Maps normalized pixels [N, 3, H, W] to embeddings [N, E] in the shared space, not normalized.</para>
/// <para>Pixels may have any floating-point dtype and be on any device; they are converted to the tower's own.</para>
/// </remarks>
public abstract class ImageTower : nn.Module<Tensor, Tensor>, IImageEncoder
{
    private PassGate _gate;

    private protected ImageTower(string name, ImageTowerConfig config)
        : base(name)
    {
        Config = config;
        _gate = new PassGate(this);
    }

    /// <summary>The tower's sizes.</summary>
    public ImageTowerConfig Config { get; }

    int IImageEncoder.PreferredBatch => CacheSizes.PlainImages;

    /// <summary>Loads an image tower, in evaluation mode, from a checkpoint of it alone or of a whole model, whose other weights are not read.</summary>
    /// <param name="path">A folder with a config and weights, or a file of weights, as <see cref="DualEncoder.Load"/> takes them; also
    /// a Hugging Face CLIPVisionModel or SiglipVisionModel.</param>
    /// <param name="options">Device, precision and what the files do not say; null for the defaults.</param>
    /// <returns>The tower; the caller disposes it. Where the checkpoint has no projection, its embeddings are its features.</returns>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="Checkpoints.CheckpointException">A file is broken, unsupported, or holds no image tower.</exception>
    /// <exception cref="CheckpointMismatchException">Names or shapes are not those of the architecture; nothing was loaded.</exception>
    /// <exception cref="ArgumentException">The options contradict each other or the model.</exception>
    public static ImageTower Load(string path, LoadOptions? options = null) => TowerLoader.LoadImage(path, options ?? new LoadOptions());

    /// <summary>How many stages the tower has, from input to output, which training unlocks or slows down one after another.</summary>
    public abstract int StageCount { get; }

    /// <summary>The stage of a parameter.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <returns>From 0, at the input, to <see cref="StageCount"/> - 1, at the pooling or projection.</returns>
    public abstract int StageOf(string parameter);

    /// <summary>The matrices that low-rank adaptation may change; none where the tower has no transformer blocks.</summary>
    public virtual IReadOnlyList<AdaptableMatrix> GetAdaptableMatrices() => AdaptableMatrix.Find(this);

    /// <summary>Embeds images.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W] with the height and width of <see cref="ImageTowerConfig.Resolution"/>.</param>
    /// <returns>Embeddings [N, E], not normalized, in the dtype of the tower's matrices.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public sealed override Tensor forward(Tensor pixels) => Compute(_gate, pixels, x => Project(EncodeFeatures(x)));

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>
    /// Features [N, F] with F of <see cref="ImageTowerConfig.FeatureSize"/> channels; behind an attentional pooler they
    /// already have the embeddings' channels.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public Tensor GetFeatures(Tensor pixels) => Compute(_gate, pixels, EncodeFeatures);

    /// <summary>Computes what the tower pools: its last layer at every place of the image.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>
    /// Tokens [N, L, W], row by row of the image. A vision transformer puts its class token first, and has normalized
    /// its tokens unless its config norms after pooling.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public Tensor GetTokens(Tensor pixels) => Compute(_gate, pixels, x => FinishTokens(Encode(x)));

    /// <inheritdoc/>
    public Tensor GetDenseEmbeddings(Tensor pixels, int localBlocks = 1) => Compute(_gate, pixels, PlacesEmbedder(localBlocks));

    Tensor IImageEncoder.GetEmbeddings(Tensor pixels) => call(pixels);

    /// <summary>Why the tower cannot be packed with quantized weights; null where it can.</summary>
    internal virtual string? WhyNotQuantizable => null;

    /// <summary>The dtype of the computation.</summary>
    internal ScalarType DType => Reference.dtype;

    /// <summary>Shares the gate of the model that the tower belongs to.</summary>
    internal void Share(PassGate gate) => _gate = gate;

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    internal abstract Tensor Reference { get; }

    // Most towers take their config's resolution alone.
    private bool Takes(long height, long width) => Config.FlexiblePatchSize is { } side
        ? height > 0 && width > 0 && height % side == 0 && width % side == 0
        : (height, width) == (Config.Resolution.Height, Config.Resolution.Width);

    private string PixelShape => Config.FlexiblePatchSize is { } side
        ? $"[N, 3, H, W] with sides that patches of {side} fill"
        : $"[N, 3, {Config.Resolution.Height}, {Config.Resolution.Width}]";

    /// <summary>Pixels to tokens, [N, 3, H, W] to [N, L, W].</summary>
    internal abstract Tensor Encode(Tensor pixels);

    /// <summary>Pixels to tokens that see themselves alone in the last transformer blocks, if there are any, [N, 3, H, W] to [N, L, W].</summary>
    internal virtual Tensor EncodePlaces(Tensor pixels, int localBlocks) => Encode(pixels);

    /// <summary>Tokens to what pooling would make of each alone, [N, P, W] to [N, P, F]; a class token is none of them.</summary>
    internal virtual Tensor PoolPlaces(Tensor tokens) => DensePlaces.Each(tokens, Pool);

    /// <summary>Pixels to features, [N, 3, H, W] to [N, F].</summary>
    internal virtual Tensor EncodeFeatures(Tensor pixels) => Pool(Encode(pixels));

    /// <summary>Moves weights into kernels for inference on a CPU, which leaves this tower without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="gate">The gate of the encoder that the packed tower belongs to.</param>
    internal abstract PackedImageTower Pack(KernelBackend backend, PassGate gate);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gate.Close();
        base.Dispose(disposing);
    }

    /// <summary>Tokens as they are shown to callers.</summary>
    internal abstract Tensor FinishTokens(Tensor tokens);

    /// <summary>Tokens to features, [N, L, W] to [N, F].</summary>
    internal abstract Tensor Pool(Tensor tokens);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    internal abstract Tensor Project(Tensor features);

    /// <summary>Fills all weights as the original code does.</summary>
    internal abstract void Initialize();

    /// <summary>This tower behind the gate of the encoder that has taken it over, without gradients.</summary>
    internal IImageEncoder Behind(PassGate gate) => new Gated(this, gate);

    /// <summary>The public door of plain and packed towers: what comes in is checked, and disposal waits for what goes on behind it.</summary>
    /// <param name="gate">The gate of the encoder that the tower belongs to.</param>
    /// <param name="pixels">What the caller gave.</param>
    /// <param name="compute">Goes on, with pixels that fit the tower.</param>
    internal Tensor Enter(PassGate gate, Tensor pixels, Func<Tensor, Tensor> compute)
    {
        using var pass = gate.Enter();
        RequirePixels(pixels);
        using var scope = NewDisposeScope();
        return compute(pixels).MoveToOuterDisposeScope();
    }

    private Func<Tensor, Tensor> PlacesEmbedder(int localBlocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(localBlocks);
        return pixels => DensePlaces.Embed(pixels, x => EncodePlaces(x, localBlocks), PoolPlaces, Project);
    }

    private Tensor Compute(PassGate gate, Tensor pixels, Func<Tensor, Tensor> encode) => Enter(gate, pixels, checkedPixels =>
    {
        if (Reference.device_type == DeviceType.CPU)
            CpuOperators.RequireConvolutions();
        return encode(checkedPixels.to(Reference.dtype, Reference.device));
    });

    /// <summary>Checks what comes in at the public door.</summary>
    internal void RequirePixels(Tensor pixels)
    {
        var shape = pixels.shape;
        if (shape.Length != 4 || shape[1] != 3 || !Takes(shape[2], shape[3]))
        {
            var hint = shape.Length == 4 && shape[3] == 3 ? "; channels come first" : "";
            throw new ArgumentException($"Images must be {PixelShape} but were [{string.Join(", ", shape)}]{hint}.", nameof(pixels));
        }
        if (!pixels.is_floating_point())
            throw new ArgumentException($"Images must be normalized floating-point pixels but were {pixels.dtype}.", nameof(pixels));
    }

    private sealed class Gated(ImageTower tower, PassGate gate) : IImageEncoder
    {
        public ImageTowerConfig Config => tower.Config;

        public int PreferredBatch => CacheSizes.PlainImages;

        public Tensor GetEmbeddings(Tensor pixels) => Compute(pixels, x => tower.Project(tower.EncodeFeatures(x)));

        public Tensor GetFeatures(Tensor pixels) => Compute(pixels, tower.EncodeFeatures);

        public Tensor GetTokens(Tensor pixels) => Compute(pixels, x => tower.FinishTokens(tower.Encode(x)));

        public Tensor GetDenseEmbeddings(Tensor pixels, int localBlocks = 1) => Compute(pixels, tower.PlacesEmbedder(localBlocks));

        private Tensor Compute(Tensor pixels, Func<Tensor, Tensor> encode)
        {
            using var noGradients = no_grad();
            return tower.Compute(gate, pixels, encode);
        }
    }
}
