using Clip.Kernels;
using Clip.Kernels.Contracts;
using Clip.Shared;

namespace Clip.Models;

/// <summary>A ViTamin: convolutions that make tokens, transformer blocks, and the mean of the tokens.</summary>
/// <remarks>Source: Chen et al. 2024, "ViTamin"; names and initialization are timm's (vitamin.py, vision_transformer.py).</remarks>
internal sealed class ViTaminTrunk : TimmTrunk
{
    private readonly ViTaminConfig _config;

    [ComponentName(Name = "patch_embed")] private readonly ViTaminPatches _patches;
    [ComponentName(Name = PositionsName)] private Parameter? _positions;
    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;
    [ComponentName(Name = "fc_norm")] private readonly MixedPrecisionLayerNorm _lastNorm;
    [ComponentName(Name = "head")] private readonly LinearLayer? _classifier;

    /// <summary>The name of the position embeddings.</summary>
    public const string PositionsName = "pos_embed";

    public ViTaminTrunk(WeightFactory weights, ViTaminConfig config, int? classes)
        : base(nameof(ViTaminTrunk))
    {
        _config = config;
        _patches = new ViTaminPatches(weights, config);
        if (config.HasPositions)
            _positions = weights.Sensitive(1, config.Grid.Height * config.Grid.Width, config.Width);
        _blocks = nn.Sequential(Enumerable.Range(0, config.Layers).Select(_ => new ViTaminBlock(weights, config)).ToArray());
        _lastNorm = new MixedPrecisionLayerNorm(weights, config.Width, ViTaminConfig.NormEpsilon);
        if (classes is { } outputs)
            _classifier = new LinearLayer(weights, config.Width, outputs);
        RegisterComponents();
    }

    /// <summary>The convolutions with the positions, and each block.</summary>
    public override int StageCount => 1 + _config.Layers;

    public override Tensor Reference => _patches.Reference;

    public override string WhyNotQuantizable =>
        "Neither ViTamin's convolutions nor its gated MLPs have kernels for quantized weights: leave the weights unquantized, or take a vision transformer.";

    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var parts = parameter.Split('.');
        return parts[0] switch
        {
            "blocks" => 1 + int.Parse(parts[1], provider: null),
            "fc_norm" or "head" => StageCount,
            _ => 0,
        };
    }

    public override Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _blocks.call(Embed(pixels)).MoveToOuterDisposeScope();
    }

    // [N, 3, H, W] to [N, L, W]
    private Tensor Embed(Tensor pixels)
    {
        var tokens = _patches.call(pixels);
        return _positions is null ? tokens : tokens.Plus(_positions.to(tokens.dtype));
    }

    public override Tensor Pool(Tensor tokens)
    {
        using var mean = tokens.mean([1L]);
        return _lastNorm.call(mean);
    }

    public override LinearLayer? Classifier => _classifier;

    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        using var noGradients = no_grad();
        if (kernels.Add(backend.TryCreateConvolutionTokens(_patches.Backbone.Weights(_positions?.squeeze(0)))) is not { } embed)
            return new(Encode);
        _patches.Dispose();
        _positions?.Dispose();
        var shape = new TransformerShape
        {
            Heads = _config.Heads,
            NormEpsilon = ViTaminConfig.NormEpsilon,
            Activation = FusedActivation.Gelu,
            Causal = false,
            Gated = true,
        };
        var (rows, columns) = _config.Grid;
        ViTaminBlock[] all = [.. _blocks.children().Cast<ViTaminBlock>()];
        var blocks = kernels.Add(TransformerPacking.Fill(backend.CreateTransformer(shape), all, block => block.Weights, imagesPerPass * rows * columns));
        return new(EncodeTokens, MeanOfTokens.Pack(backend, kernels, EncodeTokens, _lastNorm, ViTaminConfig.NormEpsilon));

        Tensor EncodeTokens(Tensor pixels)
        {
            using var tokens = embed.Forward(pixels);
            return blocks.Forward(tokens, null);
        }
    }

    public override void Initialize()
    {
        foreach (var module in modules())
        {
            switch (module)
            {
                case Conv2d convolution:
                    InitializeConvolution(convolution);
                    break;
                case LinearLayer linear:
                    TimmInitializer.Initialize(linear.Weight, linear.BiasOrNull);
                    break;
            }
        }
        if (_positions is not null)
            nn.init.normal_(_positions, std: 0.02);
        NormInitializer.InitializeAll(this);
    }

    // He et al. 2015, "Delving Deep into Rectifiers", by the outputs that each input has.
    private static void InitializeConvolution(Conv2d convolution)
    {
        var weight = convolution.weight!;
        var outputs = weight.shape[0] * weight.shape[2] * weight.shape[3] / convolution.groups;
        nn.init.normal_(weight, std: Math.Sqrt(2.0 / outputs));
        nn.init.zeros_(convolution.bias!);
    }
}
