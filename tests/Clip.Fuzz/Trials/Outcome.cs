namespace Clip.Fuzz.Trials;

/// <summary>How reading an input ended.</summary>
/// <param name="Refusal">The documented exception; null where the input was accepted, or something was found.</param>
/// <param name="Finding">What must not happen, or null.</param>
internal sealed record Outcome(string? Refusal = null, Finding? Finding = null)
{
    public static Outcome Accepted { get; } = new();

    public static Outcome Found(string kind, string problem) => new(Finding: new Finding(kind, problem));
}
