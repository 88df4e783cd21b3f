namespace Clip.Models;

/// <summary>A tower of timm for inference: its trunk in kernels as far as it has some, the rest as it is.</summary>
internal sealed class PackedTimmTower(
    TimmTower tower, ScalarType dtype, PassGate gate, long imagesPerPass, KernelList kernels, TimmPackedTrunk trunk, PackedLinear? projection)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) => trunk.Encode(pixels);

    /// <inheritdoc/>
    protected override Tensor EncodePlaces(Tensor pixels, int localBlocks) => trunk.EncodePlaces?.Invoke(pixels, localBlocks) ?? trunk.Encode(pixels);

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor pixels) => trunk.EncodeFeatures?.Invoke(pixels) ?? base.EncodeFeatures(pixels);

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);
}
