using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Runtime;

namespace Clip.Models;

/// <summary>The image encoder of a dual encoder.</summary>
/// <remarks>
/// <para>Maps normalized pixels [N, 3, H, W] to embeddings [N, E] in the shared space, not normalized.</para>
/// <para>Pixels may have any floating-point dtype and be on any device; they are converted to the tower's own.</para>
/// </remarks>
public abstract class ImageTower : nn.Module<Tensor, Tensor>
{
    private PassGate _gate;
    private long? _picturesPerPass;
    private readonly List<IDisposable> _kernels = [];

    private protected ImageTower(string name, ImageTowerConfig config)
        : base(name)
    {
        Config = config;
        _gate = new PassGate(this);
    }

    /// <summary>The tower's sizes.</summary>
    public ImageTowerConfig Config { get; }

    /// <summary>How many stages the tower has, from input to output, which training unlocks or slows down one after another.</summary>
    public abstract int StageCount { get; }

    /// <summary>The stage of a parameter.</summary>
    /// <param name="parameter">Its name in the tower.</param>
    /// <returns>From 0, at the input, to <see cref="StageCount"/> - 1, at the pooling or projection.</returns>
    public abstract int StageOf(string parameter);

    /// <summary>The matrices that low-rank adaptation may change; none where the tower has no transformer blocks.</summary>
    public virtual IReadOnlyList<AdaptableMatrix> GetAdaptableMatrices() => AdaptableMatrix.Find(this);

    /// <summary>Embeds pictures.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W] with the height and width of <see cref="ImageTowerConfig.Resolution"/>.</param>
    /// <returns>Embeddings [N, E], not normalized, in the dtype of the tower's matrices.</returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public sealed override Tensor forward(Tensor pixels) => Compute(pixels, x => Project(EncodeFeatures(x)));

    /// <summary>Computes the features before the projection into the shared space, as linear probes use them.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>
    /// Features [N, F] with F of <see cref="ImageTowerConfig.FeatureSize"/> channels; behind an attentional pooler they
    /// already have the embeddings' channels.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public Tensor GetFeatures(Tensor pixels) => Compute(pixels, EncodeFeatures);

    /// <summary>Computes what the tower pools: its last layer at every place of the picture.</summary>
    /// <param name="pixels">Normalized pixels, [N, 3, H, W].</param>
    /// <returns>
    /// Tokens [N, L, W], row by row of the picture. A vision transformer puts its class token first, and has normalized
    /// its tokens unless its config norms after pooling.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> has another shape, or integers.</exception>
    public Tensor GetTokens(Tensor pixels) => Compute(pixels, x => FinishTokens(Encode(x)));

    /// <summary>Why the tower cannot be packed in int8; null where it can.</summary>
    internal virtual string? WhyNotInt8 => null;

    /// <summary>The dtype of the computation.</summary>
    internal ScalarType DType => Reference.dtype;

    /// <summary>Shares the gate of the model that the tower belongs to.</summary>
    internal void Share(PassGate gate) => _gate = gate;

    /// <summary>A weight that multiplies activations: its dtype and device are those of the computation.</summary>
    private protected abstract Tensor Reference { get; }

    /// <summary>Pixels to tokens, [N, 3, H, W] to [N, L, W].</summary>
    private protected abstract Tensor Encode(Tensor pixels);

    /// <summary>Pixels to features, [N, 3, H, W] to [N, F].</summary>
    private protected virtual Tensor EncodeFeatures(Tensor pixels) => Pool(Encode(pixels));

    /// <summary>Moves weights into kernels for inference on a CPU.</summary>
    /// <param name="backend">Makes the kernels.</param>
    internal void Pack(KernelBackend backend)
    {
        var pictures = CacheSizes.Share(PicturesPerPass);
        Pack(pictures, backend);
        _picturesPerPass = pictures;
    }

    /// <summary>Pictures whose activations fit the caches of a CPU; more at once would be slower.</summary>
    private protected abstract long PicturesPerPass { get; }

    /// <summary>Moves weights into kernels for inference on a CPU.</summary>
    /// <param name="pictures">Pictures that pass together at most.</param>
    /// <param name="backend">Makes the kernels.</param>
    private protected abstract void Pack(long pictures, KernelBackend backend);

    /// <summary>Moves a patch convolution into its kernel; null where the modules are as good, which then keep their weights.</summary>
    private protected IPatchKernel? PackPatches(KernelBackend backend, Conv2d patches, PatchWeights weights)
    {
        if (backend.TryCreatePatchEmbedding(weights) is not { } kernel)
            return null;
        PackedWeights.Release(patches);
        return Own(kernel);
    }

    /// <summary>Copies a projection [F, E] into its kernel; null where the plain product is as good.</summary>
    private protected ILinearKernel? PackProjection(KernelBackend backend, Parameter projection) =>
        PackedWeights.TryCopy(projection, backend) is { } kernel ? Own(kernel) : null;

    /// <summary>Disposes a kernel with the tower.</summary>
    private protected T Own<T>(T kernel)
        where T : IDisposable
    {
        _kernels.Add(kernel);
        return kernel;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gate.Close();
            _kernels.ForEach(kernel => kernel.Dispose());
        }
        base.Dispose(disposing);
    }

    /// <summary>Tokens as they are shown to callers.</summary>
    private protected abstract Tensor FinishTokens(Tensor tokens);

    /// <summary>Tokens to features, [N, L, W] to [N, F].</summary>
    private protected abstract Tensor Pool(Tensor tokens);

    /// <summary>Features to embeddings, [N, F] to [N, E].</summary>
    private protected abstract Tensor Project(Tensor features);

    /// <summary>Fills all weights as the original code does.</summary>
    internal abstract void Initialize();

    private Tensor Compute(Tensor pixels, Func<Tensor, Tensor> encode)
    {
        using var pass = _gate.Enter();
        RequirePixels(pixels);
        if (_picturesPerPass is null && Reference.device_type == DeviceType.CPU)
            CpuOperators.RequireConvolutions();
        using var scope = NewDisposeScope();
        var input = pixels.to(Reference.dtype, Reference.device);
        if (_picturesPerPass is not { } count || input.shape[0] <= count)
            return encode(input).MoveToOuterDisposeScope();

        var passes = EvenParts.Of(input.shape[0], count).Select(part => encode(input.narrow(0, part.First, part.Count)));
        return cat([.. passes], 0).MoveToOuterDisposeScope();
    }

    private void RequirePixels(Tensor pixels)
    {
        var shape = pixels.shape;
        var (height, width) = Config.Resolution;
        if (shape.Length != 4 || shape[1] != 3 || shape[2] != height || shape[3] != width)
        {
            var hint = shape.Length == 4 && shape[3] == 3 ? "; channels come first" : "";
            throw new ArgumentException($"Images must be [N, 3, {height}, {width}] but were [{string.Join(", ", shape)}]{hint}.", nameof(pixels));
        }
        if (!pixels.is_floating_point())
            throw new ArgumentException($"Images must be normalized floating-point pixels but were {pixels.dtype}.", nameof(pixels));
    }
}
