namespace Clip.Models;

/// <summary>Sizes of a <see cref="RepMixerBlock"/>.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Hidden">Hidden channels of the MLP.</param>
/// <param name="MixerKernel">Height and width of the kernel that mixes positions.</param>
/// <param name="MlpKernel">Height and width of the kernel before the MLP.</param>
/// <param name="HasPointwise">Whether a 1 x 1 convolution stands beside the one that mixes, before they are folded.</param>
internal sealed record RepMixerShape(
    long Channels, long Hidden, (long Height, long Width) MixerKernel, (long Height, long Width) MlpKernel, bool HasPointwise);
