namespace Clip.ZeroShot.ClassBanks;

/// <summary>A class name in a template.</summary>
/// <param name="Name">Which distinct name.</param>
/// <param name="Template">Which distinct template.</param>
/// <param name="Text">The sentence.</param>
internal readonly record struct Prompt(int Name, int Template, string Text);
