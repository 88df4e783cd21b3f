using Clip.Kernels.Float32.Threads;

namespace Clip.Kernels.Float32.Operators;

/// <summary>Tiles of an image on their way through a Winograd convolution.</summary>
internal unsafe readonly struct WinogradBlock
{
    // Positions lie side by side at about equal distances; powers of two among those would all fall into the same few lines of the first cache.
    private const int Padding = 16;

    /// <summary>Which tiles of the image.</summary>
    public required WorkRange Tiles { get; init; }

    /// <summary>Transformed tiles [16, tiles, channels], each position <see cref="InputStride"/> behind the one before it.</summary>
    public required float* Inputs { get; init; }

    /// <summary>Channels of the tiles.</summary>
    public required nint InputChannels { get; init; }

    /// <summary>Products [16, tiles, channels], each position <see cref="ResultStride"/> behind the one before it.</summary>
    public required float* Results { get; init; }

    /// <summary>Channels of the products.</summary>
    public required nint ResultChannels { get; init; }

    /// <summary>Elements from one position of the tiles to the next.</summary>
    public nint InputStride => Stride(Tiles.Count, InputChannels);

    /// <summary>Elements from one position of the products to the next.</summary>
    public nint ResultStride => Stride(Tiles.Count, ResultChannels);

    /// <summary>Elements that a position of some tiles takes.</summary>
    public static nint Stride(nint tiles, nint channels) => tiles * channels + Padding;
}
