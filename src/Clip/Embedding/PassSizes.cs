using Clip.Runtime;

namespace Clip.Embedding;

/// <summary>How much goes through the network in one pass.</summary>
/// <param name="Images">Pictures.</param>
/// <param name="Tokens">Tokens of texts, padding included.</param>
internal readonly record struct PassSizes(int Images, int Tokens)
{
    /// <summary>
    /// A CPU is as fast with few inputs as with many, once its caches overflow; a GPU needs many to be busy.
    /// </summary>
    public static PassSizes For(ComputeTarget target) => target.Device.type == DeviceType.CPU ? new(16, 2048) : new(128, 16_384);
}
