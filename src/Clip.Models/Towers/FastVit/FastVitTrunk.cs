using Clip.Kernels;
using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>FastViT in its variants for MobileCLIP: convolutions whose branches fold to one, attention in the last stages.</summary>
/// <remarks>Source: Vasu et al. 2023, "FastViT"; Vasu et al. 2024, "MobileCLIP"; Faghri et al. 2025, "MobileCLIP2".</remarks>
internal sealed class FastVitTrunk : TimmTrunk
{
    /// <summary>Height and width of the larger kernels.</summary>
    public static readonly (long Height, long Width) LargeKernel = (7, 7);

    /// <summary>Height and width of the smaller ones.</summary>
    public static readonly (long Height, long Width) SmallKernel = (3, 3);

    // Of the channels that the last gate sees.
    private const int FinalGateShare = 16;

    private readonly FastVitConfig _config;

    [ComponentName(Name = "stem")] private readonly Sequential _stem;
    [ComponentName(Name = "stages")] private readonly ModuleList<FastVitStage> _stages;
    [ComponentName(Name = "final_conv")] private readonly MobileOneBlock _final;
    [ComponentName(Name = "head")] private readonly FastVitHead? _head;

    /// <param name="config">The sizes.</param>
    /// <param name="classes">Outputs of the classifier; null for none.</param>
    /// <param name="weights">Makes the weights.</param>
    public FastVitTrunk(FastVitConfig config, int? classes, WeightFactory weights)
        : base(nameof(FastVitTrunk))
    {
        _config = config;
        var isFolded = config.Reparameterized;
        long first = config.Widths[0];
        _stem = nn.Sequential(
            ("0", Block(new MobileOneShape(3, first, SmallKernel) { Stride = 2, HasPointwise = config.StemHasPointwise })),
            ("1", Block(new MobileOneShape(first, first, SmallKernel) { Stride = 2, Groups = first, HasPointwise = config.StemHasPointwise })),
            ("2", Block(new MobileOneShape(first, first, (1, 1)) { HasPointwise = false })));
        _stages = nn.ModuleList(Enumerable.Range(0, config.Blocks.Count).Select(stage => new FastVitStage(weights, config, stage)).ToArray());
        long last = config.Widths[^1];
        _final = Block(new MobileOneShape(last, config.FeatureSize, SmallKernel) { Groups = last, GateChannels = config.FeatureSize / FinalGateShare });
        if (classes is { } embeddings)
            _head = new FastVitHead(weights, config.FeatureSize, embeddings);
        RegisterComponents();

        MobileOneBlock Block(MobileOneShape shape) => new(weights, shape, isFolded);
    }

    /// <summary>The stem, and the stages; the last convolution counts to the last stage.</summary>
    public override int StageCount => 1 + _config.Blocks.Count;

    /// <inheritdoc/>
    public override int StageOf(string parameter)
    {
        const string Stages = "stages.";
        if (parameter.StartsWith(Stages, StringComparison.Ordinal))
            return 1 + int.Parse(parameter.AsSpan(Stages.Length, parameter.IndexOf('.', Stages.Length) - Stages.Length), provider: null);
        return parameter.StartsWith("stem.", StringComparison.Ordinal) ? 0
            : parameter.StartsWith("final_conv.", StringComparison.Ordinal) ? StageCount - 1
            : StageCount;
    }

    /// <inheritdoc/>
    public override Tensor Reference => StemBlocks.First().Reference;

    private IEnumerable<MobileOneBlock> StemBlocks => _stem.children().Cast<MobileOneBlock>();

    /// <inheritdoc/>
    public override string WhyNotQuantizable =>
        "Linear layers alone have kernels for quantized weights, and the image tower is a FastViT of convolutions: leave the weights unquantized, or take a vision transformer.";

    /// <inheritdoc/>
    public override Tensor Encode(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        var x = pixels.alias();
        foreach (var layer in (IEnumerable<nn.Module<Tensor, Tensor>>)[_stem, .. _stages, _final])
        {
            var next = layer.call(x);
            x.Dispose();
            x = next;
        }
        return x.flatten(2).transpose(1, 2).MoveToOuterDisposeScope();                   // [N, P, C]
    }

    /// <inheritdoc/>
    public override Tensor Pool(Tensor tokens) => tokens.mean([1]);

    /// <inheritdoc/>
    public override LinearLayer? Classifier => _head?.Classifier;

    /// <summary>Folds norms, branches and gains; stages and blocks as they are asked for.</summary>
    /// <param name="dispose">Whether the trunk is spent: each part is disposed when it has been folded.</param>
    /// <returns>Weights whose tensors belong to the dispose scopes that are open while they are made.</returns>
    public FastVitWeights Fold(bool dispose)
    {
        var dtype = Reference.dtype;
        var stem = StemBlocks.Select(block => block.Fold(dtype)).ToArray();
        var (final, gate) = (_final.Fold(dtype), _final.Gate!);
        var weights = new FastVitWeights(stem, FoldStages(dtype, dispose), final, gate);
        if (dispose)
        {
            foreach (var block in (IEnumerable<MobileOneBlock>)[.. StemBlocks, _final])
                block.Dispose();
        }
        return weights;
    }

    /// <inheritdoc/>
    public override TimmPackedTrunk Pack(KernelBackend backend, KernelList kernels, long imagesPerPass)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var weights = Fold(dispose: true);
        if (kernels.Add(backend.TryCreateFastVit(weights)) is { } kernel)
            return new(kernel.Forward, MeanOfTokens.Pack(backend, kernels, kernel.Forward));
        return new(kernels.Add(new FoldedFastVit(weights)).Forward);
    }

    /// <inheritdoc/>
    public override void Initialize() => FastVitInitializer.InitializeAll(this);

    private IEnumerable<FastVitStageWeights> FoldStages(ScalarType dtype, bool dispose)
    {
        foreach (var stage in _stages)
            yield return stage.Fold(dtype, dispose);
    }
}
