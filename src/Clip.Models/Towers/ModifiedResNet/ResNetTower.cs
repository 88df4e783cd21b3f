using Clip.Kernels;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A ResNet with CLIP's changes: a three-convolution stem, anti-aliased strides, attention pooling.</summary>
/// <remarks>
/// Source: Radford et al. 2021, section 2.4; the stem is ResNet-D's (He et al. 2019, "Bag of Tricks"), the anti-aliasing
/// Zhang's (2019, "Making Convolutional Networks Shift-Invariant Again").
/// </remarks>
public sealed class ResNetTower : ImageTower
{
    private readonly ModifiedResNetConfig _config;

    [ComponentName(Name = "conv1")] private readonly Conv2d _stemConvolution1;
    [ComponentName(Name = "bn1")] private readonly MapBatchNorm _stemNorm1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _stemConvolution2;
    [ComponentName(Name = "bn2")] private readonly MapBatchNorm _stemNorm2;
    [ComponentName(Name = "conv3")] private readonly Conv2d _stemConvolution3;
    [ComponentName(Name = "bn3")] private readonly MapBatchNorm _stemNorm3;
    [ComponentName(Name = "layer1")] private readonly Sequential _stage1;
    [ComponentName(Name = "layer2")] private readonly Sequential _stage2;
    [ComponentName(Name = "layer3")] private readonly Sequential _stage3;
    [ComponentName(Name = "layer4")] private readonly Sequential _stage4;
    [ComponentName(Name = "attnpool")] private readonly AttentionPool2d _pool;

    /// <summary>Creates a tower with freshly initialized weights on the CPU, in float32.</summary>
    /// <param name="config">The tower's sizes.</param>
    /// <param name="embeddingSize">Channels of the embeddings, E.</param>
    /// <exception cref="ArgumentException">A value of the config is out of range.</exception>
    public ResNetTower(ModifiedResNetConfig config, int embeddingSize)
        : this(TowerCheck.ValidImage(config, embeddingSize), embeddingSize, TowerCheck.NewWeights())
    {
        Initialize();
    }

    internal ResNetTower(ModifiedResNetConfig config, int embeddingSize, WeightFactory weights)
        : base(nameof(ResNetTower), config)
    {
        _config = config;
        long width = config.Width;
        _stemConvolution1 = weights.Conv2d(3, width / 2, kernel: 3, stride: 2, padding: 1);
        _stemNorm1 = weights.BatchNorm(width / 2);
        _stemConvolution2 = weights.Conv2d(width / 2, width / 2, kernel: 3, padding: 1);
        _stemNorm2 = weights.BatchNorm(width / 2);
        _stemConvolution3 = weights.Conv2d(width / 2, width, kernel: 3, padding: 1);
        _stemNorm3 = weights.BatchNorm(width);

        var inputs = width;
        _stage1 = Stage(config.Blocks[0], width, stride: 1);
        _stage2 = Stage(config.Blocks[1], 2 * width, stride: 2);
        _stage3 = Stage(config.Blocks[2], 4 * width, stride: 2);
        _stage4 = Stage(config.Blocks[3], 8 * width, stride: 2);
        _pool = new AttentionPool2d(weights, config.Resolution.Height / 32, config.FeatureSize, config.Heads, embeddingSize);
        RegisterComponents();

        Sequential Stage(int blocks, long planes, long stride)
        {
            var stage = new Bottleneck[blocks];
            for (var i = 0; i < blocks; i++)
            {
                stage[i] = new Bottleneck(weights, inputs, planes, i == 0 ? stride : 1);
                inputs = planes * Bottleneck.Expansion;
            }
            return nn.Sequential(stage);
        }
    }

    /// <summary>The stem, the four stages, and the attention pooling.</summary>
    public override int StageCount => 6;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.StartsWith("layer", StringComparison.Ordinal) ? parameter["layer".Length] - '0'
            : parameter.StartsWith("attnpool.", StringComparison.Ordinal) ? 5
            : 0;
    }

    internal override string WhyNotQuantizable =>
        "Linear layers alone have kernels for quantized weights, and the image tower is a ResNet of convolutions: leave the weights unquantized, or take a vision transformer.";

    internal override Tensor Reference => _stemConvolution1.weight!;

    private Sequential[] Stages => [_stage1, _stage2, _stage3, _stage4];

    internal override Tensor Encode(Tensor pixels)
    {
        var x = pixels;
        x = _stemNorm1.call(_stemConvolution1.call(x)).relu_();
        x = _stemNorm2.call(_stemConvolution2.call(x)).relu_();
        x = _stemNorm3.call(_stemConvolution3.call(x)).relu_();
        x = nn.functional.avg_pool2d(x, 2);                                  // [N, width, H / 4, W / 4]
        foreach (var stage in Stages)
            x = stage.call(x);
        return Positions(x);
    }

    // [N, 32 width, H / 32, W / 32] to [N, H W / 32², 32 width]
    internal static Tensor Positions(Tensor x) => x.flatten(2).transpose(1, 2);

    internal override PackedImageTower Pack(KernelBackend backend, PassGate gate) => KernelList.Fill(kernels =>
    {
        var (height, width) = _config.Resolution;
        var images = CacheSizes.Share(CacheSizes.Pixels / ((long)height * width));
        var dtype = DType;
        NormedConvolution[] stem =
        [
            NormedConvolutions.Join(_stemConvolution1, _stemNorm1),
            NormedConvolutions.Join(_stemConvolution2, _stemNorm2),
            NormedConvolutions.Join(_stemConvolution3, _stemNorm3),
        ];
        var blocks = Stages.SelectMany(stage => stage.modules().OfType<Bottleneck>()).Select(block => block.Weights).ToList();
        var convolutions = kernels.Add(backend.TryCreateResNet(new(stem, blocks), height, width));
        if (convolutions is not null)
        {
            foreach (var module in (nn.Module[])[_stemConvolution1, _stemConvolution2, _stemConvolution3, .. Stages])
                module.Dispose();
        }
        var (pool, projection) = _pool.Pack(backend, kernels);
        return new PackedResNet(this, dtype, gate, images, kernels, convolutions, pool, projection);
    });

    internal override Tensor FinishTokens(Tensor tokens) => tokens.contiguous();

    internal override Tensor Pool(Tensor tokens) => _pool.Attend(tokens);

    internal override Tensor PoolPlaces(Tensor tokens) => _pool.AttendAlone(tokens);

    internal override Tensor Project(Tensor features) => _pool.Project(features);

    internal override void Initialize()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var stem in (Conv2d[])[_stemConvolution1, _stemConvolution2, _stemConvolution3])
            LinearInitializer.Initialize(stem);
        foreach (var block in modules().OfType<Bottleneck>())
            block.Initialize();
        _pool.Initialize();
    }
}
