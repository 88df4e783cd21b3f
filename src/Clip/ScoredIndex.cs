namespace Clip;

/// <summary>A place in a list and the score found there.</summary>
/// <param name="Index">The place, from 0.</param>
/// <param name="Score">The score; higher is better.</param>
public readonly record struct ScoredIndex(int Index, float Score);
