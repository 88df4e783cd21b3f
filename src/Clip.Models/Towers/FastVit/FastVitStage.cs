using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>A stage of a FastViT: what halves the image, positions, and blocks.</summary>
internal sealed class FastVitStage : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "downsample")] private readonly Downsample? _downsample;
    [ComponentName(Name = "pos_emb")] private readonly ConditionalPositions? _positions;
    [ComponentName(Name = "blocks")] private readonly ModuleList<FastVitBlock> _blocks;

    public FastVitStage(WeightFactory weights, FastVitConfig config, int stage)
        : base(nameof(FastVitStage))
    {
        long channels = config.Widths[stage];
        var (hidden, isFolded) = (channels * config.MlpRatio, config.Reparameterized);
        if (stage > 0)
            _downsample = new Downsample(weights, config.Widths[stage - 1], channels, config.IsGated(stage), isFolded);
        var attends = config.Attends(stage);
        if (attends)
            _positions = new ConditionalPositions(weights, channels, isFolded);
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Blocks[stage])
            .Select(_ => attends
                ? (FastVitBlock)new AttentionBlock(weights, channels, hidden, config.HasLayerNorm)
                : new RepMixerBlock(
                    weights, new RepMixerShape(channels, hidden, FastVitTrunk.SmallKernel, FastVitTrunk.LargeKernel, HasPointwise: true), isFolded))
            .ToArray());
        RegisterComponents();
    }

    /// <summary>Folds norms, branches and gains; the blocks as they are asked for.</summary>
    /// <param name="dtype">Dtype of the result.</param>
    /// <param name="dispose">Whether the stage is spent: each part is disposed when it has been folded.</param>
    public FastVitStageWeights Fold(ScalarType dtype, bool dispose)
    {
        var weights = new FastVitStageWeights(_downsample?.Fold(dtype), _positions?.Fold(dtype), FoldBlocks(dtype, dispose));
        if (dispose)
        {
            _downsample?.Dispose();
            _positions?.Dispose();
        }
        return weights;
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = _downsample?.call(x) ?? x.alias();
        if (_positions is not null)
            y = _positions.call(y);
        foreach (var block in _blocks)
        {
            var next = block.call(y);
            y.Dispose();
            y = next;
        }
        return y.MoveToOuterDisposeScope();
    }

    private IEnumerable<FastVitBlockWeights> FoldBlocks(ScalarType dtype, bool dispose)
    {
        foreach (var block in _blocks)
        {
            var weights = block.Fold(dtype);
            if (dispose)
                block.Dispose();
            yield return weights;
        }
    }
}
