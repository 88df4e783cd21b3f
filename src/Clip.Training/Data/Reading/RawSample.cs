namespace Clip.Training.Data.Reading;

/// <summary>A sample before decoding: a picture on disk or in memory with its caption, or what is wrong with it.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Image">The bytes of the image file; null where <paramref name="Name"/> is its path.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Problem">Why it cannot be used, or null.</param>
internal readonly record struct RawSample(string Name, byte[]? Image, string Caption, string? Problem = null);
