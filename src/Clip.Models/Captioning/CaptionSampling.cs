namespace Clip.Models;

/// <summary>How tokens of captions are drawn at random.</summary>
public sealed record CaptionSampling
{
    /// <summary>What logits are divided by before they become probabilities; above 0, and 1 for the model's own.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>How many of the most probable tokens are drawn from; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>The probability that the most probable tokens drawn from must reach together, above 0 to 1; null for 1.</summary>
    /// <remarks>Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1.</remarks>
    public double? TopP { get; init; }

    /// <summary>Where the random numbers begin; the same seed gives the same captions.</summary>
    public long Seed { get; init; }

    internal void Validate()
    {
        if (!(Temperature > 0) || !double.IsFinite(Temperature))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "It must be above 0.");
        if (TopK is { } most and < 1)
            throw new ArgumentOutOfRangeException(nameof(TopK), most, "It must be at least 1.");
        if (TopP is { } share && !(share is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(TopP), share, "It must be above 0 and at most 1.");
    }
}
