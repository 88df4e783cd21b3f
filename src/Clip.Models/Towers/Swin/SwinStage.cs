using Clip.Kernels;

namespace Clip.Models;

/// <summary>A stage of a Swin Transformer: half the resolution, unless it is the first, and blocks.</summary>
/// <remarks>Maps [N, H, W, C] to [N, H / 2, W / 2, 2 C]; the first stage keeps all of them.</remarks>
internal sealed class SwinStage : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "downsample")] private readonly SwinMerging? _merging;
    [ComponentName(Name = "blocks")] private readonly ModuleList<SwinBlock> _blocks;

    public SwinStage(WeightFactory weights, SwinConfig config, int stage)
        : base(nameof(SwinStage))
    {
        var (width, heads, grid) = (config.WidthOf(stage), config.Heads[stage], config.GridOf(stage));
        if (stage > 0)
            _merging = new SwinMerging(weights, config.WidthOf(stage - 1));
        _blocks = nn.ModuleList(Enumerable.Range(0, config.Blocks[stage])
            .Select(block => new SwinBlock(weights, width, heads, new SwinWindows(grid, config.Window, isShifted: block % 2 == 1)))
            .ToArray());
        RegisterComponents();
    }

    /// <summary>Whether windows reach beyond the image.</summary>
    public bool IsPadded => _blocks[0].Windows.IsPadded;

    /// <summary>The blocks.</summary>
    public IEnumerable<SwinBlock> Blocks => _blocks;

    /// <summary>Moves the weights into kernels, which leaves the stage without them.</summary>
    /// <param name="backend">Makes the kernels.</param>
    /// <param name="kernels">Disposes them.</param>
    /// <param name="heads">Attention heads.</param>
    /// <param name="rows">Places that usually pass together.</param>
    /// <param name="before">For each place of the image its number in what comes in, and in what the stage answers afterwards; null where that is the image.</param>
    public PackedSwinStage Pack(KernelBackend backend, KernelList kernels, int heads, long rows, ref Tensor? before)
    {
        PackedPlaces? merge = null;
        PackedLinear? reduction = null;
        if (_merging is not null)
        {
            using var scope = NewDisposeScope();
            var order = PackedSwinBlock.Compose(before, SwinMerging.Order(_blocks[0].Windows.Grid));
            merge = kernels.Add(new PackedPlaces(backend, _merging.Norm, order.DetachFromDisposeScope()));
            reduction = kernels.Add(new PackedLinear(backend, _merging.Reduction.Weight, null));
            _merging.Reduction.Dispose();
            before = null;
        }
        var blocks = new List<PackedSwinBlock>();
        foreach (var block in _blocks)
        {
            blocks.Add(PackedSwinBlock.Create(block, backend, kernels, heads, rows, before));
            before = block.Windows.Order().argsort();
        }
        return new PackedSwinStage(merge, reduction, blocks);
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var output = _merging?.call(x) ?? x.alias();
        foreach (var block in _blocks)
        {
            var next = block.call(output);
            output.Dispose();
            output = next;
        }
        return output.MoveToOuterDisposeScope();
    }
}
