using Clip.Checkpoints;

namespace Clip.Parity.Tests;

/// <summary>All tensors of one recorded file.</summary>
internal sealed class ReferenceTensors : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = [];

    public ReferenceTensors(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        foreach (var name in checkpoint.Tensors.Keys)
            _tensors[name] = checkpoint.ReadTensor(name).DetachFromDisposeScope();
    }

    public IEnumerable<string> Names => _tensors.Keys;

    public Tensor this[string name] => _tensors[name];

    /// <summary>The first of these names that is there, or null.</summary>
    public string? Find(params IEnumerable<string> names) => names.FirstOrDefault(_tensors.ContainsKey);

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }
}
