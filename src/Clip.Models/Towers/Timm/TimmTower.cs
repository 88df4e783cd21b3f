using Clip.Kernels;

namespace Clip.Models;

/// <summary>An image tower that open_clip takes from timm: a trunk of some kind and a head (open_clip, timm_model.py).</summary>
internal sealed class TimmTower : ImageTower
{
    private const string Trunk = "trunk.";

    [ComponentName(Name = "trunk")] private readonly TimmTrunk _trunk;
    [ComponentName(Name = "head")] private readonly TimmHead? _head;

    /// <param name="config">The tower's sizes.</param>
    /// <param name="trunk">The trunk, whose classifier has <paramref name="embeddingSize"/> classes if the config's head is that.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <param name="weights">Makes the weights of the head.</param>
    public TimmTower(TimmTowerConfig config, TimmTrunk trunk, int embeddingSize, WeightFactory weights)
        : base(trunk.GetName(), config)
    {
        _trunk = trunk;
        _head = TimmHead.TryCreate(weights, config.Head, config.FeatureSize, embeddingSize);
        RegisterComponents();
    }

    /// <summary>The trunk's stages, and what pools and projects.</summary>
    public override int StageCount => _trunk.StageCount + 1;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.StartsWith(Trunk, StringComparison.Ordinal) ? _trunk.StageOf(parameter[Trunk.Length..]) : _trunk.StageCount;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<AdaptableMatrix> GetAdaptableMatrices() => [.. AdaptableMatrix.Find(this), .. TimmMatrices.Find(this)];

    internal override string? WhyNotQuantizable => _trunk.WhyNotQuantizable;

    internal override Tensor Reference => _trunk.Reference;

    internal override Tensor Encode(Tensor pixels) => _trunk.Encode(pixels);

    internal override Tensor FinishTokens(Tensor tokens) => tokens.contiguous();

    internal override Tensor Pool(Tensor tokens) => _trunk.Pool(tokens);

    internal override Tensor EncodePlaces(Tensor pixels, int localBlocks) => _trunk.EncodePlaces(pixels, localBlocks);

    internal override Tensor PoolPlaces(Tensor tokens) => _trunk.PoolPlaces(tokens);

    internal override Tensor Project(Tensor features) => _head?.call(features) ?? _trunk.Classify(features);

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        _trunk.Initialize();
        _head?.Initialize();
    }

    internal override PackedImageTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var (height, width) = Config.Resolution;
        var images = CacheSizes.Share(_trunk.TokensPerImage is { } tokens ? CacheSizes.Tokens / tokens : CacheSizes.Pixels / Math.Max(1, (long)height * width));
        var dtype = DType;
        var trunk = _trunk.Pack(backend, kernels, images);
        return new PackedTimmTower(this, dtype, gate, images, kernels, trunk, PackProjection(backend, kernels));
    });

    private PackedLinear? PackProjection(KernelBackend backend, KernelList kernels)
    {
        if ((_head is null ? _trunk.Classifier : _head.Projection) is not { } layer)
            return null;
        var projection = kernels.Add(new PackedLinear(backend, layer.Weight, layer.BiasOrNull, neverQuantized: true));
        layer.Dispose();
        return projection;
    }
}
