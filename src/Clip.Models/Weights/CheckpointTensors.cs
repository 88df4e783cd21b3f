using Clip.Checkpoints;

namespace Clip.Models;

/// <summary>A model's tensors in a checkpoint, without what training programs wrap around their names.</summary>
/// <param name="checkpoint">The open checkpoint.</param>
/// <param name="weightsKey">What the weights' names begin with, where the caller says it.</param>
internal sealed class CheckpointTensors(Checkpoint checkpoint, string? weightsKey)
{
    private readonly Dictionary<string, string> _originalNames = Wrappers.TakeOff(checkpoint.Path, checkpoint.Tensors.Keys, weightsKey);

    /// <summary>The file.</summary>
    public string Path => checkpoint.Path;

    /// <summary>The tensors' names without their wrappers, in the checkpoint's order.</summary>
    public IReadOnlyCollection<string> Names => _originalNames.Keys;

    public bool Contains(string name) => _originalNames.ContainsKey(name);

    /// <summary>The shape of a tensor, or null where there is none of the name.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) =>
        _originalNames.TryGetValue(name, out var original) ? checkpoint.Tensors[original].Shape : null;

    /// <summary>Bytes of a tensor as it is stored.</summary>
    public long BytesOf(string name) =>
        checkpoint.Tensors[_originalNames[name]] is var tensor ? tensor.ElementCount * tensor.DType.ElementSize() : 0;

    public void CopyTo(string name, Tensor destination) => checkpoint.CopyTo(_originalNames[name], destination);

    public Tensor Read(string name, ScalarType? dtype = null) => checkpoint.ReadTensor(_originalNames[name], dtype);

    /// <summary>Refuses weights that stand behind a wrapper that is not known, by its name.</summary>
    /// <param name="expected">The names that the model's weights have.</param>
    /// <exception cref="CheckpointException">Most of them are there, behind something.</exception>
    public void RefuseWrapper(IReadOnlyCollection<string> expected)
    {
        var places = Wrappers.FindUnknown(_originalNames, expected);
        if (places.Count > 0)
        {
            throw new CheckpointException(
                Path, $"keeps weights under {string.Join(" and ", places.Select(place => $"'{place}'"))}, which is not known to be a model. "
                + $"If it is, say so: {nameof(LoadOptions.WeightsKey)} names it.");
        }
    }
}
