using Clip.Kernels;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A Swin Transformer.</summary>
/// <remarks>Source: Liu et al. 2021, "Swin Transformer"; names and initialization are timm's (swin_transformer.py).</remarks>
internal sealed class SwinTrunk : TimmTrunk
{
    private readonly SwinConfig _config;

    [ComponentName(Name = "patch_embed")] private readonly SwinPatches _patches;
    [ComponentName(Name = "layers")] private readonly ModuleList<SwinStage> _stages;
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <param name="weights">Makes the weights.</param>
    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    public SwinTrunk(WeightFactory weights, SwinConfig config, int? classes)
        : base(nameof(SwinTrunk))
    {
        _config = config;
        _patches = new SwinPatches(weights, config);
        _stages = nn.ModuleList(Enumerable.Range(0, config.Blocks.Count).Select(stage => new SwinStage(weights, config, stage)).ToArray());
        _norm = new MixedPrecisionLayerNorm(weights, config.FeatureSize, SwinConfig.NormEpsilon);
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, config.FeatureSize, outputs);
        RegisterComponents();
    }

    /// <summary>The patches, and each block; what halves the resolution belongs to the block behind it.</summary>
    public override int StageCount => 1 + _config.Blocks.Sum();

    /// <inheritdoc/>
    public override Tensor Reference => _patches.Projection.weight!;

    /// <inheritdoc/>
    public override string? WhyNotQuantizable => IsPadded
        ? $"Windows of {_config.Window} do not fill an image of {_config.Resolution}, and there are no kernels for quantized weights for the rest: take another resolution, or leave the weights unquantized."
        : null;

    private bool IsPadded => _stages.Any(stage => stage.IsPadded);

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        var parts = parameter.Split('.');
        if (parts[0] != "layers")
            return parts[0] == "norm" ? StageCount - 1 : parts[0] == "head" ? StageCount : 0;
        var stage = int.Parse(parts[1], provider: null);
        var block = parts[2] == "blocks" ? int.Parse(parts[3], provider: null) : 0;
        return 1 + _config.Blocks.Take(stage).Sum() + block;
    }

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = _patches.call(pixels);                                                           // [N, H, W, C]
        foreach (var stage in _stages)
        {
            var next = stage.call(x);
            x.Dispose();
            x = next;
        }
        return _norm.call(x).flatten(1, 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => tokens.mean([1]);

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _classifier;

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        // A padded place is normed as zeros are, which the blocks of a stack do not do.
        if (IsPadded)
            return new(Encode);
        using var noGradients = no_grad();
        var (rows, columns) = _config.GridOf(0);
        var patches = kernels.Add(backend.TryCreatePatchEmbedding(new PatchWeights
        {
            Weight = Reference,
            Bias = _patches.Projection.bias,
            Positions = zeros((long)rows * columns, _config.Width),
            Norm = _patches.Norm.Affine,
            Epsilon = SwinConfig.NormEpsilon,
        }));
        if (patches is not null)
            _patches.Projection.Dispose();
        using var orders = NewDisposeScope();
        Tensor? before = null;
        var stages = new List<PackedSwinStage>();
        for (var i = 0; i < _stages.Count; i++)
        {
            var (height, width) = _config.GridOf(i);
            stages.Add(_stages[i].Pack(backend, kernels, _config.Heads[i], imagesPerPass * height * width, ref before));
        }
        var last = kernels.Add(new PackedPlaces(backend, _norm, before!.DetachFromDisposeScope()));
        return new(EncodeTokens, MeanOfTokens.Pack(backend, kernels, EncodeTokens));

        Tensor EncodeTokens(Tensor pixels)
        {
            using var scope = NewDisposeScope();
            var x = patches?.Forward(pixels) ?? _patches.call(pixels).flatten(1, 2);             // [N, P, C]
            foreach (var stage in stages)
            {
                var next = stage.Compute(x);
                x.Dispose();
                x = next;
            }
            return last.Forward(x).MoveToOuterDisposeScope();
        }
    }

    /// <inheritdoc/>
    public override void Initialize()
    {
        TimmInitializer.InitializeAll(this);
        LinearInitializer.Initialize(_patches.Projection);
        foreach (var block in _stages.SelectMany(stage => stage.Blocks))
            block.Attention.Initialize();
    }
}
