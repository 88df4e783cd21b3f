using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Chooses the kernel that computes a ResNet fastest on this processor.</summary>
internal static class ResNetKernels
{
    /// <summary>Packs the weights.</summary>
    /// <param name="stem">The three convolutions of the stem, the first of stride 2; an average pool of 2 follows.</param>
    /// <param name="blocks">The residual blocks.</param>
    /// <param name="height">Rows of the pictures.</param>
    /// <param name="width">Columns of the pictures.</param>
    public static IResNetKernel Create(IReadOnlyList<NormedConvolution> stem, IReadOnlyList<BottleneckWeights> blocks, long height, long width) =>
        stem[0].Weight.dtype == ScalarType.Float32 && Float32Kernels.AreFast
            ? Float32Kernels.CreateResNet(stem, blocks, height, width)
            : new ResNetKernel(stem, blocks, height, width);
}
