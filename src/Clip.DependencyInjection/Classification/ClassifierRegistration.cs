namespace Clip.DependencyInjection;

/// <summary>Which model a classifier was registered on.</summary>
internal sealed record ClassifierRegistration(string? ModelKey, string? Name);
