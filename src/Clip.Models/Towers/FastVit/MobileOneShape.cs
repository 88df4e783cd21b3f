namespace Clip.Models;

/// <summary>Sizes and branches of a <see cref="MobileOneBlock"/>.</summary>
/// <param name="Inputs">Channels that come in.</param>
/// <param name="Outputs">Channels that go out.</param>
/// <param name="Kernel">Height and width of the kernel.</param>
internal sealed record MobileOneShape(long Inputs, long Outputs, (long Height, long Width) Kernel)
{
    /// <summary>Positions from one result to the next.</summary>
    public long Stride { get; init; } = 1;

    /// <summary>Groups of channels that do not see each other.</summary>
    public long Groups { get; init; } = 1;

    /// <summary>Whether there is a convolution besides the input itself.</summary>
    public bool HasConvolution { get; init; } = true;

    /// <summary>Whether there is a 1 x 1 convolution beside a larger one.</summary>
    public bool HasPointwise { get; init; } = true;

    /// <summary>Whether GELU follows.</summary>
    public bool HasActivation { get; init; } = true;

    /// <summary>Hidden channels of what gates the sum; null where nothing does.</summary>
    public long? GateChannels { get; init; }
}
