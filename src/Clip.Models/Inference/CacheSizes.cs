namespace Clip.Models;

/// <summary>How much passes a CPU's kernels at once: enough to share the reading of the weights, little enough for the caches.</summary>
internal static class CacheSizes
{
    /// <summary>Tokens of a transformer. The weights are read once for all of them; with more, a layer's activations outgrow the last cache.</summary>
    public const long Tokens = 2048;

    /// <summary>
    /// In how many parts passes are cut beyond that. Weights of 8 bits are read in a quarter of the time, so that fewer tokens make up for
    /// it, and results are scaled back while they are in a cache.
    /// </summary>
    public static long PartsOfAPass(WeightQuantization quantization) => quantization == WeightQuantization.Int8 ? 4 : 1;

    /// <summary>Pixels of a ResNet's pictures: four of 224 x 224, whose first activations are the largest.</summary>
    public const long Pixels = 4 * 224 * 224;
}
