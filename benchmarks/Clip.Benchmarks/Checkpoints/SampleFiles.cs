using Clip.Checkpoints;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Benchmarks.Checkpoints;

/// <summary>Checkpoints of about 600 MB with the tensor sizes of a vision transformer, written once into a folder.</summary>
internal sealed class SampleFiles(string folder)
{
    private const int Blocks = 64;
    private const int Width = 768;

    /// <summary>The tensors' shapes: per block a large matrix and three small vectors.</summary>
    private static IEnumerable<(string Name, long[] Shape)> Shapes(int blocks) =>
        Enumerable.Range(0, blocks).SelectMany(i => new (string, long[])[]
        {
            ($"blocks.{i}.weight", [4 * Width, Width]),
            ($"blocks.{i}.bias", [4 * Width]),
            ($"blocks.{i}.norm.weight", [Width]),
            ($"blocks.{i}.norm.bias", [Width]),
        });

    /// <summary>A safetensors file of a dtype.</summary>
    public string Safetensors(ScalarType dtype)
    {
        var path = Path.Combine(folder, $"{dtype}.safetensors");
        if (File.Exists(path))
            return path;

        using var scope = NewDisposeScope();
        var blocks = dtype == ScalarType.Float32 ? Blocks : 2 * Blocks;
        return SafetensorsFile.Write(path, Shapes(blocks).Select(row => KeyValuePair.Create(row.Name, rand(row.Shape).to(dtype))));
    }

    /// <summary>An archive as torch.save writes it, with checksums, of Float32.</summary>
    public string TorchZip()
    {
        var path = Path.Combine(folder, "float32.pt");
        if (File.Exists(path))
            return path;

        var rows = Shapes(Blocks).Select((row, i) => (row.Name, Shape: row.Shape.Select(size => (int)size).ToArray(), Key: $"{i}")).ToList();
        var pickle = PickleBytes.Proto().EmptyDict().Mark();
        foreach (var (name, shape, key) in rows)
            pickle.Text(name).Tensor("FloatStorage", key, Count(shape), 0, shape, shape.Length == 1 ? [1] : [shape[1], 1]);
        using var stream = File.Create(path);
        TorchArchive.WriteTo(stream, pickle.SetItems().Stop(), isTorchScript: false, rows.Select(row => (row.Key, Values(Count(row.Shape)))));
        return path;
    }

    private static int Count(int[] shape) => shape.Aggregate((a, b) => a * b);

    private static byte[] Values(int count)
    {
        using var values = rand(count);
        return values.bytes.ToArray();
    }
}
