using Clip.Kernels;

namespace Clip.Models;

/// <summary>SigLIP 2's image tower for images of any aspect ratio: patches in a grid of their own, pooled by attention.</summary>
/// <remarks>
/// <para>Takes pixels of any height and width that whole patches fill, the same for all images of a batch.</para>
/// <para>
/// The original pads the patches of a batch to one length and hides the padding from attention. No image's features depend on it, so
/// images of one grid pass together here, without padding.
/// </para>
/// <para>Source: Tschannen et al. 2025, "SigLIP 2", section 2.4.2.</para>
/// </remarks>
internal sealed class NaFlexTower : ImageTower
{
    private readonly NaFlexVisionConfig _config;

    [ComponentName(Name = "patch_embedding")] private readonly LinearLayer _patches;
    [ComponentName(Name = "positional_embedding")] private Parameter _positions;
    [ComponentName(Name = "transformer")] private readonly Transformer _transformer;
    [ComponentName(Name = "ln_post")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "attn_pool")] private readonly MultiheadAttentionPool _pool;

    public NaFlexTower(NaFlexVisionConfig config, WeightFactory weights)
        : base(nameof(NaFlexTower), config)
    {
        _config = config;
        var (transformer, width, grid) = (config.Transformer, config.Transformer.Width, config.PositionGrid);
        _patches = new LinearLayer(weights, 3L * config.PatchSize * config.PatchSize, width);
        _positions = weights.Sensitive(grid.Height, grid.Width, width);
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

    internal override Tensor Reference => _patches.Weight;

    internal override string PixelShape => $"[N, 3, H, W] with sides that patches of {_config.PatchSize} fill";

    internal override bool Takes(long height, long width) =>
        height > 0 && width > 0 && height % _config.PatchSize == 0 && width % _config.PatchSize == 0;

    internal override Tensor Encode(Tensor pixels) => Norm(_transformer.call(Embed(pixels), null));

    /// <summary>Norms the tokens behind the blocks.</summary>
    internal Tensor Norm(Tensor tokens) => _lastNorm.call(tokens);

    // [N, 3, H, W] to [N, h w, W]
    internal Tensor Embed(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var (count, side) = (pixels.shape[0], _config.PatchSize);
        var (rows, columns) = (pixels.shape[2] / side, pixels.shape[3] / side);
        // A patch is a vector by row, column and channel.
        var patches = pixels.view(count, 3, rows, side, columns, side).permute(0, 2, 4, 3, 5, 1)
            .reshape(count, rows * columns, 3L * side * side);
        var embedded = _patches.call(patches);
        return (embedded + GetPositions(rows, columns).to(embedded.dtype)).MoveToOuterDisposeScope();
    }

    internal override PackedImageTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var images = CacheSizes.Share(CacheSizes.Tokens / _config.MaxPatches);
        var dtype = DType;
        var blocks = kernels.Add(_transformer.Pack(images * _config.MaxPatches, backend));
        return new PackedNaFlexTower(this, dtype, gate, images, kernels, blocks);
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

    // [h w, W]
    private Tensor GetPositions(long rows, long columns)
    {
        if (rows == _config.PositionGrid.Height && columns == _config.PositionGrid.Width)
            return _positions.flatten(0, 1);
        var grid = _positions.permute(2, 0, 1).unsqueeze(0);                                        // [1, W, g, g]
        var mode = _config.PositionInterpolation == PositionInterpolation.Bilinear ? InterpolationMode.Bilinear : InterpolationMode.Bicubic;
        return nn.functional.interpolate(grid, [rows, columns], mode: mode, align_corners: false, antialias: true)
            .squeeze(0).permute(1, 2, 0).reshape(rows * columns, -1);
    }
}
