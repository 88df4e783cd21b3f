namespace Clip.Models;

/// <summary>How captions are searched for; the defaults are open_clip's.</summary>
public sealed record CaptionSearch
{
    /// <summary>How many captions of an image are followed at once; 1 takes the most probable token each time. Without effect where tokens are drawn.</summary>
    public int Beams { get; init; } = 6;

    /// <summary>The most tokens of a caption, its start and end included.</summary>
    public int MaxLength { get; init; } = 30;

    /// <summary>The end does not come before so many tokens, the start included.</summary>
    public int MinLength { get; init; } = 5;

    /// <summary>What the scores of tokens that the caption has already are divided by, or multiplied with where they are negative; 1 for nothing.</summary>
    /// <remarks>Source: Keskar et al. 2019, "CTRL", section 4.1.</remarks>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>The power of the length that scores of beams are divided by: above 0 prefers longer captions, below 0 shorter ones.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Draws tokens at random; null to take the most probable caption that is found.</summary>
    public CaptionSampling? Sampling { get; init; }

    /// <summary>The id that captions begin with.</summary>
    public int StartTokenId { get; init; } = 49_406;

    /// <summary>The id that captions end with.</summary>
    public int EndTokenId { get; init; } = 49_407;

    internal void Validate(DualEncoderConfig config)
    {
        var longest = config.CaptionDecoder!.ContextLength;
        var vocabulary = Math.Min(config.Text.VocabularySize, config.CaptionDecoder.VocabularySize ?? int.MaxValue);
        RequireRange(Beams, 1, vocabulary / 2, nameof(Beams));
        RequireRange(MaxLength, 2, longest, nameof(MaxLength));
        RequireRange(MinLength, 0, MaxLength - 1, nameof(MinLength));
        RequireRange(StartTokenId, 0, vocabulary - 1, nameof(StartTokenId));
        RequireRange(EndTokenId, 0, vocabulary - 1, nameof(EndTokenId));
        if (!(RepetitionPenalty > 0) || !double.IsFinite(RepetitionPenalty))
            throw new ArgumentOutOfRangeException(nameof(RepetitionPenalty), RepetitionPenalty, "It must be above 0.");
        if (!double.IsFinite(LengthPenalty))
            throw new ArgumentOutOfRangeException(nameof(LengthPenalty), LengthPenalty, "It must be a finite number.");
        Sampling?.Validate();
    }

    private static void RequireRange(int value, int least, int most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"It must be from {least} to {most}.");
    }
}
