using Clip.Kernels;

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
            new ChannelNorm(weights, config.Widths[0], config.NormEpsilon));
        _stages = nn.Sequential(Enumerable.Range(0, config.Blocks.Count).Select(stage => new ConvNextStage(weights, config, stage)).ToArray());
        _head = new ConvNextHead(weights, config, classes);
        RegisterComponents();
    }

    /// <summary>The stem, and each block; what halves the resolution belongs to the block behind it.</summary>
    public override int StageCount => 1 + _config.Blocks.Sum();

    public override Tensor Reference => ((Conv2d)_stem.children().First()).weight!;

    public override string WhyNotInt8 =>
        "Linear layers of transformers alone have int8 kernels, and the image tower is a ConvNeXt of convolutions: leave the weights unquantized, or take a vision transformer.";

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

    public override Func<Tensor, Tensor> Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        if (_config.ResponseNorm || backend.TryCreateMlp(Stages.First().Blocks.First().Weights) is not { } first)
            return Encode;
        first.Dispose();

        var stages = Stages.Select(stage => new PackedConvNextStage(
            stage.Downsample,
            stage.Blocks.Select(block =>
            {
                var branch = kernels.Add(backend.TryCreateMlp(block.Weights))!;
                block.Mlp.Dispose();
                return (block.Spatial, branch);
            }).ToArray())).ToArray();
        return pixels =>
        {
            using var scope = NewDisposeScope();
            var x = _stem.call(pixels);
            foreach (var stage in stages)
                x = stage.Compute(x);
            return Tokens(x).MoveToOuterDisposeScope();
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
                case ChannelNorm norm:
                    norm.Initialize();
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
