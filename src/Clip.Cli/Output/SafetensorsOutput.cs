using Clip.Checkpoints;
using Clip.Cli.Files;

namespace Clip.Cli.Output;

/// <summary>Tensors "images" [N, D] and "texts" [M, D], their names as JSON arrays under the same keys of the metadata.</summary>
internal sealed class SafetensorsOutput : EmbeddingOutput
{
    private const string Images = "images", Texts = "texts";

    private readonly SafetensorsStream _file;
    private readonly (SafetensorsTexts Names, SafetensorsRows Rows)? _images, _texts;

    public SafetensorsOutput(string path, int embeddingSize, bool hasImages, bool hasTexts, string model, bool isHalf)
    {
        _file = OutputFile.CreateSafetensors(path);
        _file.AddMetadata("model", model);
        _images = hasImages ? (_file.AddTexts(Images), AddRows(Images)) : null;
        _texts = hasTexts ? (_file.AddTexts(Texts), AddRows(Texts)) : null;

        SafetensorsRows AddRows(string name) => isHalf ? _file.AddHalfRows(name, embeddingSize) : _file.AddRows(name, embeddingSize);
    }

    public override void AddImage(string name, ReadOnlySpan<float> vector) => Add(_images!.Value, name, vector);

    public override void AddText(string text, ReadOnlySpan<float> vector) => Add(_texts!.Value, text, vector);

    public override void Commit() => _file.Commit();

    public override void Dispose() => _file.Dispose();

    private static void Add((SafetensorsTexts Names, SafetensorsRows Rows) part, string name, ReadOnlySpan<float> vector)
    {
        part.Names.Add(name);
        part.Rows.Add(vector);
    }
}
