namespace Clip.Models;

/// <summary>A stage of a ConvNeXt: half the resolution, unless it is the first, and blocks.</summary>
/// <remarks>Maps [N, inputs, H, W] to [N, C, H / 2, W / 2]; the first stage keeps height and width.</remarks>
internal sealed class ConvNextStage : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;
    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;

    public ConvNextStage(WeightFactory weights, ConvNextConfig config, int stage)
        : base(nameof(ConvNextStage))
    {
        long width = config.Widths[stage];
        if (stage > 0)
        {
            long inputs = config.Widths[stage - 1];
            _downsample = nn.Sequential(
                new ChannelNorm(weights, inputs, config.NormEpsilon),
                weights.Conv2d(inputs, width, kernel: 2, stride: 2, bias: true));
        }
        _blocks = nn.Sequential(Enumerable.Range(0, config.Blocks[stage]).Select(_ => new ConvNextBlock(weights, config, width)).ToArray());
        RegisterComponents();
    }

    /// <summary>The norm and the convolution before the blocks; null in the first stage.</summary>
    public Sequential? Downsample => _downsample;

    /// <summary>The blocks.</summary>
    public IEnumerable<ConvNextBlock> Blocks => _blocks.children().Cast<ConvNextBlock>();

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _blocks.call(_downsample?.call(x) ?? x).MoveToOuterDisposeScope();
    }
}
