namespace Clip.Models;

/// <summary>The norm before attention: over the batch, or over the channels of each position.</summary>
/// <param name="Batch">The batch norm; null where there is a layer norm.</param>
/// <param name="Layer">The layer norm over channels; null where there is a batch norm.</param>
internal readonly record struct GridNorm(MapBatchNorm? Batch, MixedPrecisionLayerNorm? Layer)
{
    /// <summary>What either adds to the variance.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>A norm of either kind.</summary>
    public static GridNorm Of(nn.Module<Tensor, Tensor> norm) => new(norm as MapBatchNorm, norm as MixedPrecisionLayerNorm);

    /// <summary>Gains and biases of the layer norm.</summary>
    public (Tensor Weight, Tensor Bias)? Affine => Layer is null ? null : (Layer.Affine.Weight.detach(), Layer.Affine.Bias.detach());

    /// <summary>[N, C, H, W] to the same shape.</summary>
    public Tensor Compute(Tensor x) => Batch?.call(x) ?? Layer!.call(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2);
}
