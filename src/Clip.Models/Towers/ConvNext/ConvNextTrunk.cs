using Clip.Kernels;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A ConvNeXt: a stem of patches and four stages.</summary>
/// <remarks>Source: Liu et al. 2022, "A ConvNet for the 2020s"; names and initialization are timm's (convnext.py).</remarks>
internal sealed class ConvNextTrunk : TimmTrunk
{
    private readonly ConvNextConfig _config;

    [ComponentName(Name = "stem")] private readonly Sequential _stem;
    [ComponentName(Name = "stages")] private readonly Sequential _stages;
    [ComponentName(Name = "head")] private readonly ConvNextHead _head;

    public ConvNextTrunk(WeightFactory weights, ConvNextConfig config, int? classes)
        : base(nameof(ConvNextTrunk))
    {
        _config = config;
        _stem = nn.Sequential(
            weights.Conv2d(3, config.Widths[0], ConvNextConfig.StemStride, stride: ConvNextConfig.StemStride, bias: true),
            new MixedPrecisionLayerNorm(weights, config.Widths[0], config.NormEpsilon, channelsFirst: true));
        _stages = nn.Sequential(Enumerable.Range(0, config.Blocks.Count).Select(stage => new ConvNextStage(weights, config, stage)).ToArray());
        _head = new ConvNextHead(weights, config, classes);
        RegisterComponents();
    }

    /// <summary>The stem, and each block; what halves the resolution belongs to the block behind it.</summary>
    public override int StageCount => 1 + _config.Blocks.Sum();

    public override Tensor Reference => ((Conv2d)_stem.children().First()).weight!;

    public override string WhyNotQuantizable =>
        "Linear layers of transformers alone have kernels for quantized weights, and the image tower is a ConvNeXt of convolutions: leave the weights unquantized, or take a vision transformer.";

    private IEnumerable<ConvNextStage> Stages => _stages.children().Cast<ConvNextStage>();

    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var parts = parameter.Split('.');
        if (parts[0] != "stages")
            return parts[0] == "head" ? StageCount : 0;
        var stage = int.Parse(parts[1], provider: null);
        var block = parts[2] == "blocks" ? int.Parse(parts[3], provider: null) : 0;
        return 1 + _config.Blocks.Take(stage).Sum() + block;
    }

    public override Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return Tokens(_stages.call(_stem.call(pixels))).MoveToOuterDisposeScope();
    }

    // [N, C, H, W] to [N, H W, C]
    internal static Tensor Tokens(Tensor x) => x.flatten(2).transpose(1, 2);

    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        var (convolution, norm) = ((Conv2d)_stem.children().First(), (MixedPrecisionLayerNorm)_stem.children().Last());
        if (_config.ResponseNorm || backend.TryCreatePatchEmbedding(StemWeights(convolution, norm)) is not { } stem)
            return new(Encode);
        kernels.Add(stem);
        var stages = new List<PackedConvNextStage>();
        foreach (var stage in Stages)
        {
            if (stage.TryPack(backend, kernels, _config.NormEpsilon) is not { } packed)
                return new(Encode);      // there are kernels for all stages or for none
            stages.Add(packed);
        }
        convolution.Dispose();
        norm.Dispose();
        var (rows, columns) = (_config.Resolution.Height / ConvNextConfig.StemStride, _config.Resolution.Width / ConvNextConfig.StemStride);
        return new(pixels =>
        {
            using var scope = NewDisposeScope();
            var x = stem.Forward(pixels).view(pixels.shape[0], rows, columns, _config.Widths[0]);   // [N, H, W, C]
            foreach (var stage in stages)
            {
                var next = stage.Compute(x);
                x.Dispose();
                x = next;
            }
            return x.flatten(1, 2).MoveToOuterDisposeScope();
        });
    }

    // Patches without positions.
    private PatchWeights StemWeights(Conv2d convolution, MixedPrecisionLayerNorm norm)
    {
        var (height, width) = _config.Resolution;
        var places = (long)(height / ConvNextConfig.StemStride) * (width / ConvNextConfig.StemStride);
        return new PatchWeights
        {
            Weight = convolution.weight!,
            Bias = convolution.bias,
            Positions = zeros(places, _config.Widths[0]),
            Norm = norm.Affine,
            Epsilon = _config.NormEpsilon,
        };
    }

    public override Tensor Pool(Tensor tokens) => _head.Pool(tokens);

    public override Tensor Classify(Tensor features) => _head.call(features);

    public override void Initialize()
    {
        foreach (var module in modules())
        {
            switch (module)
            {
                case Conv2d convolution:
                    TimmInitializer.Initialize(convolution.weight!, convolution.bias);
                    break;
                case LinearLayer linear:
                    TimmInitializer.Initialize(linear.Weight, linear.BiasOrNull);
                    break;
                case ResponseNorm norm:
                    norm.Initialize();
                    break;
                case ConvNextBlock block:
                    block.InitializeScale();
                    break;
            }
        }
        NormInitializer.InitializeAll(this);
    }
}
