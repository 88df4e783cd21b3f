using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>SigLIP's image tower: a vision transformer without class token, pooled by attention; its features are the embeddings.</summary>
/// <remarks>Source: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training".</remarks>
public sealed class SigLipImageTower : ImageTower, ITrainedLayer
{
    private ITrainingKernels? _kernels;

    private readonly SigLipVisionConfig _config;

    [ComponentName(Name = "conv1")] private readonly Conv2d _patches;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "attn_pool")] private readonly MultiheadAttentionPool _pool;

    /// <summary>Creates a tower with freshly initialized weights on the CPU, in float32.</summary>
    /// <param name="config">The tower's sizes; its embeddings have <see cref="SigLipVisionConfig.FeatureSize"/> channels.</param>
    /// <exception cref="ArgumentException">A value of the config is out of range.</exception>
    public SigLipImageTower(SigLipVisionConfig config)
        : this(TowerCheck.ValidImage(config, embeddingSize: 1), TowerCheck.NewWeights())
    {
        Initialize();
    }

    internal SigLipImageTower(SigLipVisionConfig config, WeightFactory weights)
        : base(nameof(SigLipImageTower), config)
    {
        _config = config;
        var (transformer, width) = (config.Transformer, config.Transformer.Width);
        _patches = weights.Conv2d(3, width, config.PatchSize, stride: config.PatchSize, bias: true);
        _positions = weights.Sensitive(config.Grid.Height * config.Grid.Width, width);
        _transformer = new Transformer(weights, transformer, causal: false);
        _lastNorm = new MixedPrecisionLayerNorm(weights, width, transformer.NormEpsilon);
        _pool = new MultiheadAttentionPool(weights, transformer);
        RegisterComponents();
    }

    /// <summary>The embeddings of patches, each block, and what pools and projects.</summary>
    public override int StageCount => _config.Transformer.Layers + 2;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return TransformerStages.Of(parameter, _config.Transformer.Layers, lastNorm: "ln_post", head: ["attn_pool"]);
    }

    internal override Tensor Reference => _patches.weight!;

    ITrainingKernels? ITrainedLayer.Kernels
    {
        get => _kernels;
        set => _kernels = value;
    }

    internal override Tensor Encode(Tensor pixels) => Norm(_transformer.call(Embed(pixels), null));

    internal override Tensor EncodePlaces(Tensor pixels, int localBlocks) => Norm(_transformer.ForwardAlone(Embed(pixels), localBlocks));

    /// <summary>Norms the tokens behind the blocks.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    // [N, 3, H, W] to [N, P, W]
    internal Tensor Embed(Tensor pixels)
    {
        var patches = PatchProduct.Compute(_kernels, _patches, pixels);
        return patches.Plus(_positions.to(patches.dtype));
    }

    internal override PackedImageTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var tokens = (long)_config.Grid.Height * _config.Grid.Width;
        var images = CacheSizes.Share(CacheSizes.Tokens / tokens);
        var dtype = DType;
        var patches = kernels.Add(backend.TryCreatePatchEmbedding(
            new PatchWeights { Weight = _patches.weight!, Bias = _patches.bias, Positions = _positions }));
        if (patches is not null)
            _patches.Dispose();
        var blocks = kernels.Add(_transformer.Pack(images * tokens, backend));
        return new PackedSigLipTower(this, dtype, gate, images, kernels, patches, blocks);
    });

    internal override Tensor FinishTokens(Tensor tokens) => tokens;

    internal override Tensor Pool(Tensor tokens) => _pool.call(tokens);

    internal override Tensor Project(Tensor features) => features;

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        LinearInitializer.Initialize(_patches);
        nn.init.normal_(_positions, std: 1 / Math.Sqrt(_config.Transformer.Width));
        _transformer.InitializeXavier();
        _pool.Initialize();
        NormInitializer.InitializeAll(this);
    }
}
