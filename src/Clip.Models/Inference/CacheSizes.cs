namespace Clip.Models;

/// <summary>The batch that a CPU's kernels compute at once: large enough to share the reading of the weights, small enough for the caches.</summary>
internal static class CacheSizes
{
    private const long LeastTokens = 2048, TokensPerThread = 256;

    /// <summary>Tokens of a transformer. The weights are read once for all of them; with more, a layer's activations outgrow the caches.</summary>
    public static long Tokens => Math.Max(LeastTokens, TokensPerThread * get_num_threads());

    /// <summary>Pixels of a ResNet's images: four of 224 x 224, whose first activations are the largest.</summary>
    public const long Pixels = 4 * 224 * 224;

    /// <summary>Images of a tower in libtorch's operators, whose time per image hardly depends on it.</summary>
    public const int PlainImages = 16;

    /// <summary>As many images for each thread, so that none waits for the others with nothing to do.</summary>
    /// <param name="images">Images that the caches hold.</param>
    public static long Share(long images)
    {
        long threads = get_num_threads();
        return Math.Max(1, (images + threads - 1) / threads) * threads;
    }
}
