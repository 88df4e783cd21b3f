using Clip.Kernels.Contracts;

namespace Clip.Models;

/// <summary>A ResNet whose weights are in kernels.</summary>
internal sealed class PackedResNet(
    ResNetTower tower, ScalarType dtype, PassGate gate, long imagesPerPass,
    KernelList kernels, IResNetKernel? convolutions, IAttentionPoolKernel? pool, ILinearKernel? projection)
    : PackedImageTower(tower, dtype, gate, imagesPerPass)
{
    /// <inheritdoc/>
    public override void Dispose() => kernels.Dispose();

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor pixels) =>
        convolutions is null ? tower.Encode(pixels) : ResNetTower.Positions(convolutions.Forward(pixels));

    /// <inheritdoc/>
    protected override Tensor EncodeFeatures(Tensor pixels) => pool is null ? base.EncodeFeatures(pixels) : pool.Attend(Encode(pixels));

    /// <inheritdoc/>
    protected override Tensor PoolPlaces(Tensor tokens) => pool?.AttendAlone(tokens) ?? base.PoolPlaces(tokens);

    /// <inheritdoc/>
    protected override Tensor Project(Tensor features) => projection?.Forward(features) ?? base.Project(features);
}
