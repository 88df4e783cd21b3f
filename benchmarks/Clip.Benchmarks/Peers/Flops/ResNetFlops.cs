using Clip.Models;

namespace Clip.Benchmarks.Peers.Flops;

/// <summary>Floating-point operations of a ResNet image tower with CLIP's changes: three convolutions first, attention pooling last.</summary>
internal static class ResNetFlops
{
    private const int Expansion = 4;

    /// <summary>Operations for one image.</summary>
    public static double Count(ModifiedResNetConfig config, int embeddingSize)
    {
        double half = config.Resolution.Height / 2, width = config.Width;
        var total = Convolution(half, 3, width / 2, kernel: 3) + Convolution(half, width / 2, width / 2, kernel: 3) + Convolution(half, width / 2, width, kernel: 3);

        var (side, inputs) = (half / 2, width);
        for (var stage = 0; stage < config.Blocks.Count; stage++)
        {
            var planes = width * (1 << stage);
            for (var block = 0; block < config.Blocks[stage]; block++)
            {
                var shrinks = stage > 0 && block == 0;
                var after = shrinks ? side / 2 : side;
                total += Convolution(side, inputs, planes, kernel: 1)
                    + Convolution(side, planes, planes, kernel: 3)                    // a pooling halves the sides after it
                    + Convolution(after, planes, Expansion * planes, kernel: 1);
                if (shrinks || block == 0)
                    total += Convolution(after, inputs, Expansion * planes, kernel: 1);
                (side, inputs) = (after, Expansion * planes);
            }
        }
        return total + Pool(tokens: side * side + 1, config.FeatureSize, config.Heads, embeddingSize);
    }

    private static double Convolution(double side, double inputs, double outputs, int kernel) =>
        2 * side * side * inputs * outputs * kernel * kernel;

    // One query per image: keys and values of the places are never computed.
    private static double Pool(double tokens, double channels, double heads, double embeddingSize) =>
        2 * (3 * channels * channels) + 2 * tokens * (2 * heads * channels) + 2 * channels * embeddingSize;
}
