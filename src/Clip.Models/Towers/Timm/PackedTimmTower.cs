namespace Clip.Models;

/// <summary>A tower of timm for inference: its trunk in kernels as far as it has some, the rest as it is.</summary>
internal sealed class PackedTimmTower(
    TimmTower tower, ScalarType dtype, PassGate gate, long imagesPerPass, KernelList kernels, Func<Tensor, Tensor> encode)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) => encode(pixels);
}
