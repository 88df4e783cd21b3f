using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>A model's tensors in a checkpoint, without what training programs wrap around their names.</summary>
/// <remarks>
/// A training checkpoint keeps the model under "state_dict" beside its optimizer; distributed training adds "module." and
/// compilation "_orig_mod." to every name.
/// </remarks>
internal sealed class CheckpointTensors
{
    private const string Nested = "state_dict.";
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    private readonly Checkpoint _checkpoint;
    private readonly Dictionary<string, string> _originalNames;

    public CheckpointTensors(Checkpoint checkpoint)
    {
        _checkpoint = checkpoint;
        var names = checkpoint.Tensors.Keys.ToList();
        var prefix = "";
        if (names.Exists(name => name.StartsWith(Nested, StringComparison.Ordinal)))
        {
            prefix = Nested;
            names.RemoveAll(name => !name.StartsWith(Nested, StringComparison.Ordinal));
        }
        while (Array.Find(Wrappers, wrapper => names.Count > 0 && names.TrueForAll(name => Continues(name, prefix, wrapper))) is { } found)
            prefix += found;
        _originalNames = names.ToDictionary(name => name[prefix.Length..]);
    }

    /// <summary>The file.</summary>
    public string Path => _checkpoint.Path;

    /// <summary>The tensors' names without their wrappers, in the checkpoint's order.</summary>
    public IReadOnlyCollection<string> Names => _originalNames.Keys;

    public bool Contains(string name) => _originalNames.ContainsKey(name);

    /// <summary>The shape of a tensor, or null where there is none of the name.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) =>
        _originalNames.TryGetValue(name, out var original) ? _checkpoint.Tensors[original].Shape : null;

    public void CopyTo(string name, Tensor destination) => _checkpoint.CopyTo(_originalNames[name], destination);

    public Tensor Read(string name, ScalarType? dtype = null) => _checkpoint.ReadTensor(_originalNames[name], dtype);

    private static bool Continues(string name, string prefix, string next) =>
        name.AsSpan(prefix.Length).StartsWith(next, StringComparison.Ordinal);
}
