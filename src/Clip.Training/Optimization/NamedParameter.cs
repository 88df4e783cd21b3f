namespace Clip.Training.Optimization;

/// <summary>A trainable tensor and the name its optimizer state has in checkpoints.</summary>
/// <param name="Name">A name that stays the same from run to run, such as <c>visual.conv1.weight</c>.</param>
/// <param name="Parameter">The tensor.</param>
public readonly record struct NamedParameter(string Name, Parameter Parameter);
