using Clip.Models;

namespace Clip.Benchmarks.Peers.Flops;

/// <summary>Floating-point operations of a stack of residual attention blocks; a multiply-add counts as two.</summary>
/// <remarks>Linear layers and attention products are counted; norms, activations and softmax, below a hundredth of it, are not.</remarks>
internal static class TransformerFlops
{
    /// <summary>Operations for one sequence.</summary>
    /// <param name="config">The blocks.</param>
    /// <param name="tokens">Tokens of the sequence, L.</param>
    /// <param name="lastTokens">Tokens whose answer the last block computes: L, or fewer where only some are read.</param>
    public static double Count(TransformerConfig config, int tokens, int lastTokens) =>
        (config.Layers - 1) * Block(config, tokens, tokens) + Block(config, tokens, lastTokens);

    // Every token has a key and a value; the tokens that are answered have a query, an output projection and an MLP.
    private static double Block(TransformerConfig config, double tokens, double answered)
    {
        double width = config.Width, hidden = config.MlpWidth;
        var keysAndValues = 2 * tokens * (2 * width * width);
        var attention = 2 * answered * tokens * (2 * width);                          // queries x keys, weights x values
        var answers = 2 * answered * (2 * width * width + 2 * width * hidden);
        return keysAndValues + attention + answers;
    }
}
