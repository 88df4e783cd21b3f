using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>SigLIP's image tower with its weights in kernels; the pooling has none.</summary>
internal sealed class PackedSigLipTower(
    SigLipImageTower tower, ScalarType dtype, PassGate gate, long imagesPerPass, KernelList kernels, IPatchKernel? patches, ITransformerKernel blocks)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) => tower.Norm(blocks.Forward(Embed(pixels), null));

    /// <inheritdoc/>
    protected override Tensor EncodePlaces(Tensor pixels, int localBlocks) => tower.Norm(blocks.ForwardAlone(Embed(pixels), null, localBlocks));

    private Tensor Embed(Tensor pixels) => patches?.Forward(pixels) ?? tower.Embed(pixels);
}
