namespace Clip.Models;

/// <summary>A stage of a Swin Transformer in kernels.</summary>
internal sealed class PackedSwinStage
{
    private readonly Func<Tensor, Tensor>? _merge;
    private readonly PackedLinear? _reduction;
    private readonly IReadOnlyList<PackedSwinBlock> _blocks;

    /// <param name="merge">Joins and norms two by two places; null in the first stage.</param>
    /// <param name="reduction">The matrix behind it.</param>
    /// <param name="blocks">The blocks.</param>
    public PackedSwinStage(Func<Tensor, Tensor>? merge, PackedLinear? reduction, IReadOnlyList<PackedSwinBlock> blocks)
    {
        _merge = merge;
        _reduction = reduction;
        _blocks = blocks;
    }

    /// <summary>Maps [N, H, W, C] to [N, H / 2, W / 2, 2 C]; the first stage keeps all of them.</summary>
    public Tensor Compute(Tensor x)
    {
        using var scope = NewDisposeScope();
        var input = _merge is null ? x : _reduction!.Forward(_merge(x));
        var places = input.flatten(1, 2);                                                        // [N, H W, C]
        foreach (var block in _blocks)
        {
            using var pass = NewDisposeScope();
            var windows = places.index_select(1, block.Order).view(places.shape[0] * places.shape[1] / block.Places, block.Places, places.shape[2]);
            var output = block.Kernel.Forward(windows, block.Bias).view_as(places);
            // Each place of each window goes back to where it came from.
            var next = empty_like(output).index_copy_(1, block.Order, output).MoveToOuterDisposeScope();
            places.Dispose();
            places = next;
        }
        return places.view(input.shape).MoveToOuterDisposeScope();
    }
}
