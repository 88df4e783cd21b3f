using Clip.Kernels;
using Clip.Kernels.Weights;
using Clip.Shared;

namespace Clip.Models;

/// <summary>The first layers of timm's transformers: pixels [N, 3, H, W] to tokens [N, L, W] with positions.</summary>
/// <remarks>Source: Dosovitskiy et al. 2020, section 3.1; the convolution stem is Vasu et al. 2023, "MobileCLIP", section 4.</remarks>
internal sealed class PatchTokens : nn.Module<Tensor, Tensor>
{
    // MobileCLIP's stem reduces 4, 2 and 2 times, on a quarter of the channels.
    private const int FirstReduction = 4, Reduction = 2, StemShare = 4;

    private readonly PatchTokensConfig _config;

    [ComponentName(Name = "stem")] private readonly ModuleList<NormedLayer>? _stem;
    [ComponentName(Name = "stem_out")] private readonly Conv2d? _stemOutput;
    [ComponentName(Name = "conv1")] private readonly Conv2d? _patchProjection;
    [ComponentName(Name = "class_embedding")] private Parameter? _classToken;
    [ComponentName(Name = PositionResizer.Parameter)] private Parameter? _positions;
    [ComponentName(Name = "ln_pre")] private readonly MixedPrecisionLayerNorm? _norm;

    public PatchTokens(WeightFactory weights, PatchTokensConfig config)
        : base(nameof(PatchTokens))
    {
        _config = config;
        var width = config.Width;
        if (config.ConvolutionStem)
        {
            var narrow = width / StemShare;
            _stem = nn.ModuleList(
                new NormedLayer(weights, 3, narrow, FirstReduction, padding: config.PaddedStem ? 1 : 0),
                new NormedLayer(weights, narrow, narrow, Reduction));
            _stemOutput = weights.Conv2d(narrow, width, Reduction, stride: Reduction, bias: config.Bias);
        }
        else
        {
            _patchProjection = weights.Conv2d(3, width, config.PatchSize, stride: config.PatchSize, bias: config.Bias);
        }
        if (config.ClassToken)
            _classToken = weights.Sensitive(width);
        if (config.HasPositions)
            _positions = weights.Sensitive(config.Positions, width);
        if (config.NormEpsilon is { } epsilon)
            _norm = new MixedPrecisionLayerNorm(weights, width, epsilon);
        RegisterComponents();
    }

    // Into tokens.
    private Conv2d Projection => (_patchProjection ?? _stemOutput)!;

    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var features = pixels;
        foreach (var layer in _stem ?? [])
            features = layer.call(features);
        return Embed(features).MoveToOuterDisposeScope();
    }

    /// <summary>Moves the weights into a kernel, where there is one.</summary>
    /// <param name="backend">Makes the kernel.</param>
    /// <param name="kernels">Disposes it.</param>
    /// <returns>What computes in place of the module.</returns>
    public Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var patches = kernels.Add(backend.TryCreatePatchEmbedding(new PatchWeights
        {
            Weight = Projection.weight!,
            Bias = Projection.bias,
            ClassToken = _classToken,
            Positions = AllPositions() ?? zeros(_config.Tokens, _config.Width),
            Norm = _norm?.Affine,
            Epsilon = _config.NormEpsilon ?? 0,
        }));
        if (patches is not null)
            Projection.Dispose();
        Func<Tensor, Tensor>[] stem = [.. (_stem ?? []).Select(layer => layer.Fold(kernels))];
        return pixels =>
        {
            using var pass = NewDisposeScope();
            var features = stem.Aggregate(pixels, (x, layer) => layer(x));
            return (patches?.Forward(features) ?? Embed(features)).MoveToOuterDisposeScope();
        };
    }

    /// <summary>Draws all weights but the norm's.</summary>
    /// <param name="classDeviation">Standard deviation of the class token.</param>
    public void Initialize(double classDeviation)
    {
        foreach (var layer in _stem ?? [])
            layer.Initialize();
        LinearInitializer.Initialize(Projection);
        if (_classToken is not null)
            nn.init.normal_(_classToken, std: classDeviation);
        if (_positions is not null)
            nn.init.normal_(_positions, std: TimmInitializer.Deviation);
    }

    private Tensor Embed(Tensor features)
    {
        var tokens = Projection.call(features).flatten(2).transpose(1, 2);                              // [N, P, W]
        if (_classToken is not null)
            tokens = cat([_classToken.to(tokens.dtype).expand(tokens.shape[0], 1, -1), tokens], dim: 1);
        if (AllPositions() is { } positions)
            tokens = tokens.Plus(positions.to(tokens.dtype));
        return _norm is null ? tokens : _norm.call(tokens);
    }

    // One row per token: a class token without a position has zeros.
    private Tensor? AllPositions() =>
        _positions is not null && _config.ClassToken && !_config.ClassPosition ? nn.functional.pad(_positions, [0, 0, 1, 0]) : _positions;
}
