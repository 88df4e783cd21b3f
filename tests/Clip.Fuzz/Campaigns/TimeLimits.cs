namespace Clip.Fuzz.Campaigns;

/// <summary>How long one input may take before it counts as one that never ends.</summary>
/// <param name="Processor">Processor time, which other work on the machine does not use up.</param>
/// <param name="Clock">Time by the clock, for what waits rather than computes.</param>
internal readonly record struct TimeLimits(TimeSpan Processor, TimeSpan Clock)
{
    /// <summary>The limits of a campaign: no input of a few kilobytes needs a second, but a process has to start as well.</summary>
    public static TimeLimits Default { get; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3));
}
