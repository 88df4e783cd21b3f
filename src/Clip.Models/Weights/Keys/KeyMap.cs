namespace Clip.Models;

/// <summary>The names under which one kind of checkpoint holds a model's parameters.</summary>
/// <param name="name">What the kind is called in messages.</param>
/// <param name="rules">Rules for the parameters it knows, tried in order.</param>
/// <param name="ignored">Endings of names that such checkpoints may hold and no model needs.</param>
internal sealed class KeyMap(string name, IReadOnlyList<KeyRule> rules, params string[] ignored)
{
    /// <summary>What the kind is called in messages.</summary>
    public string Name => name;

    /// <summary>The checkpoint's tensors for all of a model's parameters.</summary>
    /// <param name="parameters">The parameters' names.</param>
    /// <returns>The tensors, or null when this kind has no name for one of the parameters.</returns>
    public IReadOnlyList<CheckpointKey>? Map(IEnumerable<string> parameters)
    {
        var keys = new List<CheckpointKey>();
        foreach (var parameter in parameters)
        {
            var found = rules.Select(rule => rule.Apply(parameter)).FirstOrDefault(keys => keys is not null);
            if (found is null)
                return null;
            keys.AddRange(found);
        }
        return keys;
    }

    /// <summary>Whether a tensor may be in the checkpoint without being in the model.</summary>
    public bool Ignores(string key) => ignored.Any(ending => key == ending || key.EndsWith($".{ending}", StringComparison.Ordinal));
}
