namespace Clip.Kernels.Contracts;

/// <summary>The convolutions of a ResNet, for inference on a CPU.</summary>
/// <remarks>
/// The stem is some 3 x 3 convolutions, of which the first has a stride of 2, and a 2 x 2 average pool; blocks with a stride halve their
/// activations by an average pool in front of the last convolution. Batch norms use their running statistics. The kernel sums in another
/// order than the modules and has no gradients. Source: He et al. 2019, "Bag of Tricks for Image Classification", section 4 (ResNet-D).
/// </remarks>
internal interface IResNetKernel : IDisposable
{
    /// <summary>Runs the convolutions.</summary>
    /// <param name="pixels">Normalized pixels [N, C, H, W].</param>
    /// <returns>[N, channels, H / stride, W / stride] with the product of all strides; channels last in memory.</returns>
    Tensor Forward(Tensor pixels);
}
