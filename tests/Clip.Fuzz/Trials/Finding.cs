namespace Clip.Fuzz.Trials;

/// <summary>Something that must not happen.</summary>
/// <param name="Kind">What, in a word: "exception", "value", "memory", "leftover", "hang", "crash".</param>
/// <param name="Problem">All that is known.</param>
internal sealed record Finding(string Kind, string Problem);
