namespace Clip.Models;

/// <summary>A stage of a Swin Transformer in kernels.</summary>
internal sealed class PackedSwinStage
{
    private readonly PackedPlaces? _merge;
    private readonly PackedLinear? _reduction;
    private readonly IReadOnlyList<PackedSwinBlock> _blocks;

    /// <param name="merge">Joins and norms two by two places; null in the first stage.</param>
    /// <param name="reduction">The matrix behind it.</param>
    /// <param name="blocks">The blocks.</param>
    public PackedSwinStage(PackedPlaces? merge, PackedLinear? reduction, IReadOnlyList<PackedSwinBlock> blocks)
    {
        _merge = merge;
        _reduction = reduction;
        _blocks = blocks;
    }

    /// <summary>Maps the places of images, as the stage before leaves them, to places in the windows of the last block.</summary>
    /// <param name="places">[N, P, C].</param>
    /// <returns>[N, P / 4, 2 C]; the first stage keeps places and channels.</returns>
    public Tensor Compute(Tensor places)
    {
        using var scope = NewDisposeScope();
        var x = _merge is null ? places.alias() : _reduction!.Forward(_merge.Forward(places));
        foreach (var block in _blocks)
        {
            var next = block.Compute(x);
            x.Dispose();
            x = next;
        }
        return x.MoveToOuterDisposeScope();
    }
}
