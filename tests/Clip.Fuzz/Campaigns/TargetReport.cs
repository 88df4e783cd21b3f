namespace Clip.Fuzz.Campaigns;

/// <summary>What a campaign has shown of one target.</summary>
internal sealed class TargetReport
{
    /// <summary>Inputs that were read; the next one has this number.</summary>
    public long Inputs { get; set; }

    /// <summary>Inputs whose values were read and found right.</summary>
    public long Accepted { get; set; }

    /// <summary>Inputs that were refused, by the documented exception.</summary>
    public SortedDictionary<string, long> Refused { get; init; } = [];

    /// <summary>Inputs that showed something, by kind.</summary>
    public SortedDictionary<string, long> Findings { get; init; } = [];

    /// <summary>Seconds by the clock that the inputs took, also of starting processes.</summary>
    public double Seconds { get; set; }
}
