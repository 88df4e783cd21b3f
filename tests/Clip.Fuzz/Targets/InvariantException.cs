namespace Clip.Fuzz.Targets;

/// <summary>A reader accepted an input and gave a value that must not be.</summary>
internal sealed class InvariantException(string problem) : Exception(problem);
