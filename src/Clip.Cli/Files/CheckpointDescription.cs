using System.Globalization;
using Clip.Checkpoints;
using Clip.Models;

namespace Clip.Cli.Files;

/// <summary>A checkpoint in words and numbers.</summary>
internal sealed class CheckpointDescription
{
    // TorchScript archives have several values for each of their modules.
    private const int MostMetadata = 20;
    private const int LongestValue = 200;

    private readonly Checkpoint _checkpoint;
    private readonly string? _configPath;
    private readonly DualEncoderConfig? _config;
    private readonly ImageTowerOutline? _image;
    private readonly TextTowerOutline? _text;

    /// <summary>Reads what stands beside and in a checkpoint.</summary>
    /// <param name="checkpoint">The open checkpoint.</param>
    /// <param name="configPath">The config beside it, or null.</param>
    /// <param name="console">Told when the config cannot be read.</param>
    public CheckpointDescription(Checkpoint checkpoint, string? configPath, ToolConsole console)
    {
        _checkpoint = checkpoint;
        _configPath = configPath;
        _config = ReadConfig(configPath, console);
        _image = ImageTowerOutline.TryRead(checkpoint);
        _text = TextTowerOutline.TryRead(checkpoint);
    }

    private long Parameters => _checkpoint.Tensors.Values.Where(tensor => IsFloat(tensor.DType)).Sum(tensor => tensor.ElementCount);

    private string DTypes => string.Join(", ", _checkpoint.Tensors.Values.Select(tensor => NameOf(tensor.DType)).Distinct());

    private string? Activation => _config?.Text.Activation.ToString();

    /// <summary>For JSON.</summary>
    public JsonFields ToJson() => new()
    {
        ["path"] = _checkpoint.Path,
        ["format"] = _checkpoint.Format,
        ["config"] = _configPath,
        ["architecture"] = ArchitectureToJson(),
        ["activation"] = Activation,
        ["presets"] = Presets(),
        ["parameters"] = Parameters,
        ["metadata"] = _checkpoint.Metadata,
        ["tensors"] = _checkpoint.Tensors.Values.Select(tensor => new JsonFields { ["name"] = tensor.Name, ["dtype"] = NameOf(tensor.DType), ["shape"] = tensor.Shape }),
    };

    /// <summary>For people.</summary>
    public void Write(ToolConsole console)
    {
        var facts = new ResultTable("Fact", "Value");
        facts.Add("Path", _checkpoint.Path);
        facts.Add("Format", _checkpoint.Format.ToString());
        facts.Add("Config", _configPath ?? "none");
        facts.Add("Architecture", DescribeArchitecture());
        if (Presets() is { Count: > 0 } presets)
            facts.Add("Sizes of", string.Join(", ", presets));
        facts.Add("Activation", Activation ?? "not recorded in weights; OpenAI's models have QuickGelu");
        facts.Add("Parameters", Parameters.ToString("N0", CultureInfo.InvariantCulture));
        facts.Add("Tensors", string.Create(CultureInfo.InvariantCulture, $"{_checkpoint.Tensors.Count:N0}, {DTypes}"));
        foreach (var (key, value) in _checkpoint.Metadata.Take(MostMetadata))
            facts.Add($"Metadata {key}", value.Length > LongestValue ? value[..LongestValue] + "…" : value);
        if (_checkpoint.Metadata.Count > MostMetadata)
            facts.Add("Metadata", $"and {_checkpoint.Metadata.Count - MostMetadata} more, which --json shows");
        facts.Write(console);

        var tensors = new ResultTable("Tensor", "DType", "Shape");
        foreach (var tensor in _checkpoint.Tensors.Values)
            tensors.Add(tensor.Name, NameOf(tensor.DType), $"[{string.Join(", ", tensor.Shape)}]");
        tensors.Write(console);
    }

    private static DualEncoderConfig? ReadConfig(string? path, ToolConsole console)
    {
        if (path is null)
            return null;
        try
        {
            return DualEncoderConfig.Read(path);
        }
        catch (CheckpointException e)
        {
            console.Report(e.Message);
            return null;
        }
    }

    // A checkpoint may hold one tower alone.
    private JsonFields? ArchitectureToJson()
    {
        if (_image is null && _text is null)
            return null;
        var fields = new JsonFields();
        if (_image is not null)
        {
            fields["imageTower"] = _image.Family;
            fields["resolution"] = _image.Resolution;
            fields["patchSize"] = _image.PatchSize;
            fields["imageWidth"] = _image.Width;
            fields["imageLayers"] = _image.Layers;
        }
        if (_text is not null)
        {
            fields["embeddingSize"] = _text.EmbeddingSize;
            fields["contextLength"] = _text.ContextLength;
            fields["vocabularySize"] = _text.VocabularySize;
            fields["textWidth"] = _text.Width;
            fields["textLayers"] = _text.Layers;
        }
        return fields;
    }

    private string DescribeArchitecture() => (_image, _text) switch
    {
        (null, null) => "unknown: the names are not a CLIP's",
        ({ } image, null) => $"an image tower alone: {Describe(image)}",
        (null, { } text) => $"a text tower alone: {Describe(text)}",
        ({ } image, { } text) => $"{Describe(image)}; text: {Describe(text)}",
    };

    private static string Describe(ImageTowerOutline image) =>
        string.Create(CultureInfo.InvariantCulture, $"{image.Family}, {Pixels(image)}, {image.Layers} blocks of {image.Width}");

    private static string Describe(TextTowerOutline text) => string.Create(
        CultureInfo.InvariantCulture,
        $"{text.Layers} blocks of {text.Width}, {(text.ContextLength > 0 ? $"context {text.ContextLength}" : "any context")}, {text.VocabularySize} tokens; embeddings of {text.EmbeddingSize}");

    private static string Pixels(ImageTowerOutline image) => (image.Resolution is { } side ? $"{side} pixels" : "oblong images")
        + (image.PatchSize is { } patch ? $" in patches of {patch}" : "");

    private static bool IsFloat(ScalarType dtype) =>
        dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    private static string NameOf(ScalarType dtype) => dtype.ToString().ToLowerInvariant();

    private List<string> Presets() => _image is null || _text is null ? [] :
        [.. DualEncoderConfig.Presets.Where(preset => DualEncoderOutline.Of(preset.Value) == new DualEncoderOutline(_image, _text)).Select(preset => preset.Key)];
}
