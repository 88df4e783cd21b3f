namespace Clip.Training.Data.Lists;

/// <summary>A row of a list.</summary>
/// <param name="Image">The path as it is written; null or empty where there is none.</param>
/// <param name="Caption">The caption; null or empty where there is none.</param>
internal readonly record struct CaptionRow(string? Image, string? Caption);
