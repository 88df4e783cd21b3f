using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>NaFlex's image tower with its blocks in kernels; the embedding of patches and the pooling have none.</summary>
internal sealed class PackedNaFlexTower(
    NaFlexTower tower, ScalarType dtype, PassGate gate, long imagesPerPass, KernelList kernels, ITransformerKernel blocks)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) => tower.Norm(blocks.Forward(tower.Embed(pixels), null));
}
