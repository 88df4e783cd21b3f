using Clip.Shared;

namespace Clip.Models;

/// <summary>Draws tokens of one caption at random.</summary>
/// <param name="sampling">How.</param>
/// <param name="caption">The number of the caption, so that each has random numbers of its own.</param>
internal sealed class TokenSampler(CaptionSampling sampling, int caption)
{
    private ulong _state = SplitMix64.Mix(unchecked((ulong)sampling.Seed + ((ulong)caption + 1) * SplitMix64.Step));

    /// <summary>Draws a token.</summary>
    /// <param name="scores">Logits over the vocabulary.</param>
    public int Draw(double[] scores)
    {
        var order = Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).Take(sampling.TopK ?? scores.Length).ToArray();
        var highest = scores[order[0]];
        var weights = order.Select(id => Math.Exp((scores[id] - highest) / sampling.Temperature)).ToArray();
        var total = weights.Sum();
        var kept = weights.Length;
        if (sampling.TopP is { } share)
        {
            // As many as it takes to reach the share.
            var reached = 0.0;
            for (kept = 0; kept < weights.Length && reached < share * total; kept++)
                reached += weights[kept];
            total = reached;
        }

        var rest = NextUniform() * total;
        for (var i = 0; i < kept - 1; i++)
        {
            rest -= weights[i];
            if (rest < 0)
                return order[i];
        }
        return order[kept - 1];
    }

    // From 0 to below 1.
    private double NextUniform()
    {
        _state = unchecked(_state + SplitMix64.Step);
        return (SplitMix64.Mix(_state) >> 11) * (1.0 / (1L << 53));
    }
}
