namespace Clip.ZeroShot.Evaluation;

/// <summary>An image file and what it shows.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">The index of its class.</param>
public readonly record struct LabelledImage(string Path, int Label);
