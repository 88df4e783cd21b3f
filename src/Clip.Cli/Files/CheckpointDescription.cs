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
    private readonly CheckpointShapes? _shapes;

    /// <summary>Reads what stands beside and in a checkpoint.</summary>
    /// <param name="checkpoint">The open checkpoint.</param>
    /// <param name="configPath">The config beside it, or null.</param>
    /// <param name="console">Told when the config cannot be read.</param>
    public CheckpointDescription(Checkpoint checkpoint, string? configPath, ToolConsole console)
    {
        _checkpoint = checkpoint;
        _configPath = configPath;
        _config = ReadConfig(configPath, console);
        _shapes = CheckpointShapes.Read(checkpoint);
    }

    private long Parameters => _checkpoint.Tensors.Values.Where(tensor => IsFloat(tensor.DType)).Sum(tensor => tensor.ElementCount);

    private string DTypes => string.Join(", ", _checkpoint.Tensors.Values.Select(tensor => NameOf(tensor.DType)).Distinct());

    private string? Activation => _config?.Text.Transformer.Activation.ToString();

    /// <summary>For JSON.</summary>
    public JsonFields ToJson() => new()
    {
        ["path"] = _checkpoint.Path,
        ["format"] = _checkpoint.Format,
        ["config"] = _configPath,
        ["architecture"] = _shapes?.ToJson(),
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
        facts.Add("Architecture", _shapes is null ? "unknown: the names are not a CLIP's" : Describe(_shapes));
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

    private static string Describe(CheckpointShapes shapes) => string.Create(CultureInfo.InvariantCulture,
        $"{shapes.ImageTower}, {Pixels(shapes)}, {shapes.ImageLayers} blocks of {shapes.ImageWidth}; text: {shapes.TextLayers} blocks of {shapes.TextWidth}, context {shapes.ContextLength}, {shapes.VocabularySize} tokens; embeddings of {shapes.EmbeddingSize}");

    private static string Pixels(CheckpointShapes shapes) => (shapes.Resolution is { } side ? $"{side} pixels" : "oblong pictures")
        + (shapes.PatchSize is { } patch ? $" in patches of {patch}" : "");

    private static bool IsFloat(ScalarType dtype) =>
        dtype is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    private static string NameOf(ScalarType dtype) => dtype.ToString().ToLowerInvariant();

    private List<string> Presets() => _shapes is null ? [] :
        [.. DualEncoderConfig.Presets.Where(preset => HasSizes(preset.Value, _shapes)).Select(preset => preset.Key)];

    private static bool HasSizes(DualEncoderConfig config, CheckpointShapes shapes) =>
        config.EmbeddingSize == shapes.EmbeddingSize && config.Image.Resolution.Height == shapes.Resolution
        && config.Text.ContextLength == shapes.ContextLength && config.Text.VocabularySize == shapes.VocabularySize
        && config.Text.Transformer.Width == shapes.TextWidth && config.Text.Transformer.Layers == shapes.TextLayers
        && config.Image switch
        {
            VisionTransformerConfig vision => vision.PatchSize == shapes.PatchSize && vision.Transformer.Width == shapes.ImageWidth && vision.Transformer.Layers == shapes.ImageLayers,
            ModifiedResNetConfig resNet => shapes.PatchSize is null && resNet.Width == shapes.ImageWidth && resNet.Blocks.Sum() == shapes.ImageLayers,
            _ => false,
        };
}
