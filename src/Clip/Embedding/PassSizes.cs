using Clip.Runtime;

namespace Clip.Embedding;

/// <summary>How much goes through the network in one pass, and how many passes at once.</summary>
/// <param name="Images">Images.</param>
/// <param name="Tokens">Tokens of texts, padding included.</param>
/// <param name="Depth">Passes queued behind one whose results have not been read.</param>
internal readonly record struct PassSizes(int Images, int Tokens, int Depth)
{
    /// <summary>
    /// A CPU is as fast with few inputs as with many, once its caches overflow; a GPU needs many to be busy, and its next pass before
    /// it has finished one.
    /// </summary>
    public static PassSizes For(ComputeTarget target) => target.Device.type switch
    {
        DeviceType.CPU => new(16, 2048, Depth: 0),
        DeviceType.CUDA => new(128, 16_384, Depth: 1),
        _ => new(128, 16_384, Depth: 0),
    };
}
