namespace Clip.Benchmarks.Peers.Onnx;

/// <summary>Rewrites a graph with constant weights so that they lie in a file beside it, as those of a trained model do.</summary>
/// <remarks>
/// Each <c>ConstantOfShape</c> becomes an initializer with external data: the form that ONNX Runtime maps into memory, and loads fastest.
/// The values are random, small and different, so that no page of the file is like another.
/// Format: onnx.proto, TensorProto, external_data.
/// </remarks>
internal static class GraphWithFile
{
    private const int GraphField = 7;
    private const int NodeField = 1, InitializerField = 5;
    private const int TensorDimensions = 1, TensorType = 2, TensorIntegers = 7, TensorName = 8, TensorExternalData = 13, TensorLocation = 14;
    private const int EntryKey = 1, EntryValue = 2;
    private const int Float32 = 1, External = 1;

    // ONNX Runtime maps at the granularity of pages.
    private const int Page = 4096;

    /// <summary>Writes the graph and its file of weights into a folder.</summary>
    /// <param name="graph">The graph whose weights are constants.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>The path of the new graph, and the bytes of its weights.</returns>
    public static (string Path, long WeightBytes) Write(string graph, string folder)
    {
        var fields = ProtoField.Read(File.ReadAllBytes(graph));
        var which = fields.FindIndex(field => field.Number == GraphField);
        var parts = ProtoField.Read(fields[which].Bytes);
        var shapes = parts.Where(part => part.Number == InitializerField).Select(part => ProtoField.Read(part.Bytes))
            .Where(tensor => tensor.Any(field => field.Number == TensorIntegers))
            .ToDictionary(tensor => tensor.Single(field => field.Number == TensorName).Text, ReadIntegers);

        var path = Path.Combine(folder, Path.GetFileName(graph));
        var data = Path.ChangeExtension(path, ".weights");
        using var file = File.Create(data);
        var random = new Random(0);
        List<ProtoField> rewritten = [];
        foreach (var part in parts)
        {
            if (part.Number != NodeField || new OnnxNode(part.Bytes) is not { Operator: "ConstantOfShape" } node || !shapes.TryGetValue(node.Inputs[0], out var shape))
            {
                rewritten.Add(part);
                continue;
            }
            file.Position = (file.Position + Page - 1) / Page * Page;
            var start = file.Position;
            WriteValues(file, random, shape.Aggregate(1L, (product, size) => product * size));
            rewritten.Add(ProtoField.Of(InitializerField,
            [
                .. shape.Select(size => ProtoField.Of(TensorDimensions, size)),
                ProtoField.Of(TensorType, Float32),
                ProtoField.Of(TensorName, node.Outputs[0]),
                Entry("location", Path.GetFileName(data)),
                Entry("offset", $"{start}"),
                Entry("length", $"{file.Position - start}"),
                ProtoField.Of(TensorLocation, External),
            ]));
        }
        fields[which] = ProtoField.Of(GraphField, rewritten);
        File.WriteAllBytes(path, ProtoField.Write(fields));
        return (path, file.Length);
    }

    private static ProtoField Entry(string key, string value) =>
        ProtoField.Of(TensorExternalData, [ProtoField.Of(EntryKey, key), ProtoField.Of(EntryValue, value)]);

    private static long[] ReadIntegers(List<ProtoField> tensor) => ProtoField.ReadPacked(tensor.Single(field => field.Number == TensorIntegers).Bytes);

    private static void WriteValues(FileStream file, Random random, long count)
    {
        var values = new float[1 << 16];
        for (; count > 0; count -= values.Length)
        {
            var part = values.AsSpan(0, (int)Math.Min(count, values.Length));
            foreach (ref var value in part)
                value = (random.NextSingle() - 0.5f) * 0.04f;
            file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(part));
        }
    }
}
