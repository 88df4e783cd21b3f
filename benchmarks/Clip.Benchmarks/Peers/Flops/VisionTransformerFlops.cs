using Clip.Models;

namespace Clip.Benchmarks.Peers.Flops;

/// <summary>Floating-point operations of a vision-transformer image tower with a class token.</summary>
internal static class VisionTransformerFlops
{
    /// <summary>Operations for one image.</summary>
    public static double Count(VisionTransformerConfig config, int embeddingSize)
    {
        double patches = (double)config.Grid.Height * config.Grid.Width, width = config.Transformer.Width;
        var tokens = (int)patches + 1;
        return 2 * patches * (3 * config.PatchSize * config.PatchSize) * width
            + TransformerFlops.Count(config.Transformer, tokens, lastTokens: 1)
            + 2 * width * embeddingSize;
    }
}
