using Clip.Shared;

namespace Clip.Models;

/// <summary>Halves the resolution: the channels of two by two places side by side, their norm, and a matrix without a bias.</summary>
/// <remarks>Maps [N, H, W, C] to [N, H / 2, W / 2, 2 C]. Source: Liu et al. 2021, section 3.1.</remarks>
internal sealed class SwinMerging : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm")] private readonly MixedPrecisionLayerNorm _norm;
    [ComponentName(Name = "reduction")] private readonly LinearLayer _reduction;

    public SwinMerging(WeightFactory weights, long width)
        : base(nameof(SwinMerging))
    {
        _norm = new MixedPrecisionLayerNorm(weights, 4 * width, SwinConfig.NormEpsilon);
        _reduction = new LinearLayer(weights, 4 * width, 2 * width, bias: false);
        RegisterComponents();
    }

    /// <summary>The matrix.</summary>
    public LinearLayer Reduction => _reduction;

    /// <summary>The norm.</summary>
    public MixedPrecisionLayerNorm Norm => _norm;

    /// <summary>For each place of the result, and each of the four that it joins, the number of the place, int64 [4 H' W'].</summary>
    /// <param name="merged">Places of the result, H' and W'.</param>
    public static Tensor Order(ImageSize merged)
    {
        using var scope = NewDisposeScope();
        // Two rows beside each other lie inside of two columns.
        var places = TensorArithmetic.Range(4L * merged.Height * merged.Width, ScalarType.Int64).view(merged.Height, 2, merged.Width, 2);
        return places.permute(0, 2, 3, 1).reshape(-1).MoveToOuterDisposeScope();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _reduction.call(Merge(x)).MoveToOuterDisposeScope();
    }

    // The norm of what the matrix multiplies, [N, H / 2, W / 2, 4 C].
    private Tensor Merge(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (images, rows, columns, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        // Two rows beside each other lie inside of two columns.
        var merged = x.view(images, rows / 2, 2, columns / 2, 2, channels).permute(0, 1, 3, 4, 2, 5).reshape(images, rows / 2, columns / 2, 4 * channels);
        return _norm.call(merged).MoveToOuterDisposeScope();
    }
}
