namespace Clip.Kernels.Weights;

/// <summary>The weights of a ResNet's convolutions.</summary>
/// <param name="Stem">3 x 3 convolutions, at least two, the first of stride 2; a 2 x 2 average pool follows.</param>
/// <param name="Blocks">The residual blocks, at least one.</param>
internal sealed record ResNetWeights(IReadOnlyList<NormedConvolution> Stem, IReadOnlyList<BottleneckWeights> Blocks);
