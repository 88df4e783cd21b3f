using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A vision transformer whose weights are in kernels.</summary>
internal sealed class PackedVisionTransformer(
    VisionTransformerTower tower, ScalarType dtype, PassGate gate, long imagesPerPass,
    KernelList kernels, IPatchKernel? patches, ITransformerKernel blocks, ILinearKernel? projection)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) => tower.FinishBlocks(blocks.Forward(Embed(pixels), null));

    /// <inheritdoc/>
    protected override Tensor EncodePlaces(Tensor pixels, int localBlocks) => blocks.ForwardAlone(Embed(pixels), null, localBlocks);

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor pixels)
    {
        if (!tower.PoolsClassToken)
            return base.EncodeFeatures(pixels);

        var tokens = Embed(pixels);
        return tower.Norm(blocks.ForwardAt(tokens, zeros(tokens.shape[0], ScalarType.Int64), null));          // [N, W]
    }

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);

    private Tensor Embed(Tensor pixels) => patches?.Forward(pixels) ?? tower.Embed(pixels);
}
