namespace Clip.Models;

/// <summary>The names of a tower's parameters in a layout.</summary>
/// <param name="Kind">What such checkpoints are called in messages, such as "Hugging Face CLIPModel".</param>
/// <param name="Rules">One or more rules for every parameter.</param>
/// <param name="Ignored">Endings of names that such checkpoints may hold and no tower needs.</param>
internal sealed record TowerNames(string Kind, IReadOnlyList<KeyRule> Rules, params IReadOnlyList<string> Ignored);
