using Clip.Shared;

namespace Clip.Models;

/// <summary>What is added to a block's attention logits: an MLP of the displacement of two patches, on a logarithmic scale.</summary>
/// <remarks>Source: Liu et al. 2022, "Swin Transformer V2", section 3.3; with natural logarithms and no limit as in timm's mode "cr" (timm, pos_embed_rel.py).</remarks>
internal sealed class RelativePositions : nn.Module
{
    private readonly long _places;
    private readonly ConstantTensor _displacements;
    private readonly ConstantTensor _numbers;

    [ComponentName(Name = "fc1")] private readonly LinearLayer _expand;
    [ComponentName(Name = "fc2")] private readonly LinearLayer _contract;

    public RelativePositions(WeightFactory weights, ImageSize grid, long hidden, long heads)
        : base(nameof(RelativePositions))
    {
        _places = (long)grid.Height * grid.Width;
        _displacements = new ConstantTensor(() => LogDisplacements(grid), weights, weights.DType);
        _numbers = new ConstantTensor(() => tensor(RelativePlaces.Of(grid)), weights, ScalarType.Int64);
        _expand = new LinearLayer(weights, 2, hidden);
        _contract = new LinearLayer(weights, hidden, heads);
        RegisterComponents();
    }

    /// <summary>What is added, [1, heads, 1 + places, 1 + places]: nothing where the class token, which is the first, looks or is looked at.</summary>
    public Tensor GetBias()
    {
        using var scope = NewDisposeScope();
        var weight = _expand.Weight;
        var table = _contract.call(nn.functional.relu(_expand.call(_displacements.Get(weight.dtype, weight.device))));     // [displacements, heads]
        var bias = table.index_select(0, _numbers.Get(ScalarType.Int64, weight.device)).view(_places, _places, -1).permute(2, 0, 1);
        return nn.functional.pad(bias, [1, 0, 1, 0]).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _displacements.Dispose();
            _numbers.Dispose();
        }
        base.Dispose(disposing);
    }

    // Rows and columns from one place to another, [displacements, 2]: sign(d) log(1 + |d|).
    private static Tensor LogDisplacements(ImageSize grid)
    {
        var displacements = meshgrid([Axis(grid.Height), Axis(grid.Width)], indexing: "ij");
        var pairs = stack(displacements, dim: 2).view(-1, 2);
        return pairs.sign() * pairs.abs().log1p();

        static Tensor Axis(int places) => TensorArithmetic.Range(1 - places, places, ScalarType.Float64);
    }
}
