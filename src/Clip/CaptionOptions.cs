using Clip.Models;

namespace Clip;

/// <summary>How captions of images are written; the defaults are open_clip's.</summary>
public sealed record CaptionOptions
{
    /// <summary>How many captions of an image are followed at once; 1 takes the most probable token each time. Without effect where tokens are drawn.</summary>
    public int Beams { get; init; } = 6;

    /// <summary>The most tokens of a caption, its start and end included; null for 30, or the model's most where that is less.</summary>
    public int? MaxLength { get; init; }

    /// <summary>The end does not come before so many tokens, the start included.</summary>
    public int MinLength { get; init; } = 5;

    /// <summary>What the scores of tokens that the caption has already are divided by, or multiplied with where they are negative; 1 for nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The power of the length that scores of beams are divided by: above 0 prefers longer captions, below 0 shorter ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Draws tokens at random; null to take the most probable caption that is found.</summary>
    public CaptionSampling? Sampling { get; init; }

    /// <summary>What captions begin with, such as "a photo of"; null for nothing.</summary>
    public string? Prompt { get; init; }
}
