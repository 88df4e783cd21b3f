using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>The convolutions of a ViTamin: a stem, two stages of inverted bottlenecks, and what makes the tokens.</summary>
/// <remarks>Maps [N, 3, H, W] to [N, W, H / 16, W / 16].</remarks>
internal sealed class ViTaminBackbone : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "stem")] private readonly ViTaminStem _stem;
    [ComponentName(Name = "stages")] private readonly Sequential _stages;
    [ComponentName(Name = "pool")] private readonly ViTaminPool _pool;

    public ViTaminBackbone(WeightFactory weights, ViTaminConfig config)
        : base(nameof(ViTaminBackbone))
    {
        _stem = new ViTaminStem(weights, config.StemWidth);
        var stages = new Sequential[config.StageWidths.Count];
        long inputs = config.StemWidth;
        for (var stage = 0; stage < stages.Length; stage++)
        {
            long outputs = config.StageWidths[stage];
            var blocks = new InvertedBottleneck[config.StageBlocks[stage]];
            for (var block = 0; block < blocks.Length; block++)
                blocks[block] = new InvertedBottleneck(weights, block == 0 ? inputs : outputs, outputs, halves: block == 0);
            stages[stage] = nn.Sequential(blocks);
            inputs = outputs;
        }
        _stages = nn.Sequential(stages);
        _pool = new ViTaminPool(weights, inputs, config.Width);
        RegisterComponents();
    }

    /// <summary>A weight that multiplies activations.</summary>
    public Tensor Reference => _stem.Reference;

    /// <summary>All weights, for a kernel that computes the same.</summary>
    /// <param name="positions">Added to the tokens, [P, W]; null for nothing.</param>
    public ConvolutionTokensWeights Weights(Tensor? positions) => new()
    {
        NormEpsilon = ViTaminConfig.NormEpsilon,
        First = new(_stem.First.weight!, _stem.First.bias!, Stride: 2),
        FirstNorm = _stem.Norm.Affine,
        Second = new(_stem.Second.weight!, _stem.Second.bias!),
        Blocks = _stages.children().SelectMany(stage => stage.children()).Cast<InvertedBottleneck>().Select(block => block.Weights),
        LastNorm = _pool.Norm.Affine,
        Last = new(_pool.Projection.weight!, _pool.Projection.bias!, Stride: 2),
        Positions = positions,
    };

    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _pool.call(_stages.call(_stem.call(pixels))).MoveToOuterDisposeScope();
    }
}
