using Clip.Models;
using Clip.Runtime;

namespace Clip.Embedding;

/// <summary>How much goes through the network in one pass, and how many passes at once.</summary>
/// <param name="Images">Images.</param>
/// <param name="Tokens">Tokens of texts, padding included.</param>
/// <param name="Depth">Passes queued behind one whose results have not been read.</param>
internal readonly record struct PassSizes(int Images, int Tokens, int Depth)
{
    // Callers hear of progress, and take results from a stream, after each pass.
    private const int MostImages = 32;

    /// <summary>
    /// A CPU is as fast with few inputs as with many, once its caches overflow, and the network knows when; a GPU needs many to be busy,
    /// and its next pass before it has finished one.
    /// </summary>
    public static PassSizes For(ComputeTarget target, IDualEncoder network) => target.Device.type switch
    {
        DeviceType.CPU => new(Math.Min(MostImages, network.Image.PreferredBatch), network.Text.PreferredTokens, Depth: 0),
        DeviceType.CUDA => new(128, 16_384, Depth: 1),
        _ => new(128, 16_384, Depth: 0),
    };
}
