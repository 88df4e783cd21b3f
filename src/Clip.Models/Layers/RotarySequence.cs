using Clip.Kernels.Weights;

namespace Clip.Models;

/// <summary>The angles of tokens that follow each other: each pair of a head's channels turns with the token's place, at a frequency of its own.</summary>
/// <remarks>Source: Su et al. 2021, "RoFormer", section 3.2.2.</remarks>
internal sealed record RotarySequence
{
    /// <summary>The most tokens of a sequence.</summary>
    public required int Length { get; init; }

    /// <summary>Channels of a head, an even number.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The slowest pair turns almost this many times slower than the first; 10,000 in RoFormer, section 3.3.</summary>
    public double Base { get; init; } = 10_000;

    /// <summary>Whether a pair lies half a head apart rather than side by side.</summary>
    public bool HalvesArePairs { get; init; }

    /// <summary>Checks that heads have pairs of channels.</summary>
    public static void Validate(ConfigCheck check, int width, int heads) => check.That(
        width / heads % 2 == 0, "Heads", $"heads of {width / heads} channels have no pairs, which rotary positions turn");

    /// <summary>The angles of all tokens.</summary>
    public RotaryTable ToTable()
    {
        var pairs = HeadSize / 2;
        var angles = new double[Length * pairs];
        for (var pair = 0; pair < pairs; pair++)
        {
            var frequency = Math.Pow(Base, -(double)pair / pairs);
            for (var place = 0; place < Length; place++)
                angles[(place * pairs) + pair] = place * frequency;
        }
        return new RotaryTable(pairs, angles, HalvesArePairs);
    }
}
