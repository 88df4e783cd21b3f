using Clip.Cli.Files;

namespace Clip.Cli.Output;

/// <summary>Tensors "images" [N, D] and "texts" [M, D], their names as JSON arrays under the same keys of the metadata.</summary>
internal sealed class SafetensorsOutput(string path, int embeddingSize, bool hasImages, bool hasTexts, string model) : EmbeddingOutput
{
    private readonly Rows? _images = hasImages ? new Rows(path) : null;
    private readonly Rows? _texts = hasTexts ? new Rows(path) : null;

    public override void AddImage(string name, ReadOnlySpan<float> vector) => _images!.Add(name, vector);

    public override void AddText(string text, ReadOnlySpan<float> vector) => _texts!.Add(text, vector);

    public override void Commit()
    {
        using var assembly = new SafetensorsAssembly(path);
        assembly.AddMetadata("model", model);
        foreach (var (key, rows) in new[] { ("images", _images), ("texts", _texts) })
        {
            if (rows is null)
                continue;
            assembly.AddMetadata(key, rows.Names);
            assembly.AddTensor(key, rows.Count, embeddingSize);
            assembly.AddData(rows.Values);
        }
        assembly.Commit();
    }

    public override void Dispose()
    {
        _images?.Dispose();
        _texts?.Dispose();
    }

    private sealed class Rows(string path) : IDisposable
    {
        public Spool Values { get; } = new(path);

        public NameSpool Names { get; } = new(path);

        public long Count { get; private set; }

        public void Add(string name, ReadOnlySpan<float> vector)
        {
            Names.Add(name);
            Values.Write(vector);
            Count++;
        }

        public void Dispose()
        {
            Values.Dispose();
            Names.Dispose();
        }
    }
}
