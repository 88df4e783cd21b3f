using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.FastVit;

/// <summary>A checkpoint of ones, of the names and shapes of a manifest.</summary>
internal sealed class TensorShapesOf : IDisposable
{
    public TensorShapesOf(string path, IEnumerable<string> keys)
    {
        Write(path, keys);
        Checkpoint = Checkpoint.Open(path);
        Tensors = new CheckpointTensors(Checkpoint, weightsKey: null);
    }

    public Checkpoint Checkpoint { get; }

    public CheckpointTensors Tensors { get; }

    /// <summary>Writes the file; bytes, because shapes alone matter, but for the counts of batches.</summary>
    public static void Write(string path, IEnumerable<string> keys)
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(path, keys.Select(key => key.Split(" [")).Select(key =>
        {
            var sides = key[1].TrimEnd(']');
            long[] shape = sides.Length == 0 ? [] : [.. sides.Split(", ").Select(side => long.Parse(side, provider: null))];
            var isCount = key[0].EndsWith("num_batches_tracked", StringComparison.Ordinal);
            return KeyValuePair.Create(key[0], ones(shape, isCount ? ScalarType.Int64 : ScalarType.Float16));
        }));
    }

    public void Dispose() => Checkpoint.Dispose();
}
