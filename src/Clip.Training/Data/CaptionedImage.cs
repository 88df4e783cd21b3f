namespace Clip.Training.Data;

/// <summary>An image on disk and what someone says about it.</summary>
/// <param name="Path">The image file.</param>
/// <param name="Caption">The caption.</param>
public readonly record struct CaptionedImage(string Path, string Caption);
