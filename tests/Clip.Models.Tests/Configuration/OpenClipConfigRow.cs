using System.Globalization;
using System.Text.Json;
using Clip.Checkpoints;

namespace Clip.Models.Tests.Configuration;

/// <summary>One of open_clip's model configs: what it names, and what this library makes of it.</summary>
public sealed record OpenClipConfigRow
{
    private const string Place = "is wrong at ";

    private const double Million = 1e6;

    private static readonly Dictionary<string, string[]> Profile = File.ReadLines(Fixtures.Find("open_clip_profile.csv"))
        .Skip(1).Select(line => line.Split(',')).ToDictionary(cells => cells[0], StringComparer.Ordinal);

    public required string Name { get; init; }

    /// <summary>The names that the config itself has for its parts.</summary>
    public required string ImageTower { get; init; }

    public required string TextTower { get; init; }

    public required string Tokenizer { get; init; }

    /// <summary>Why it is refused; null where it loads.</summary>
    public string? Refusal { get; init; }

    public bool HasUnknownTokenizer { get; init; }

    /// <summary>Parameters in millions as counted here.</summary>
    public double? Total { get; init; }

    public double? Image { get; init; }

    public double? Text { get; init; }

    /// <summary>Parameters in millions as open_clip publishes them: all, image tower, text tower.</summary>
    public double[]? Published => Profile.TryGetValue(Name, out var cells)
        ? [.. cells.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))]
        : null;

    public static IEnumerable<string> Names { get; } =
        Directory.GetFiles(Fixtures.Find("open_clip_configs"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    /// <summary>Reads a config and builds its network without memory.</summary>
    public static OpenClipConfigRow Read(string name)
    {
        var path = Fixtures.Find("open_clip_configs", name + ".json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var row = new OpenClipConfigRow
        {
            Name = name,
            ImageTower = NameImageTower(root),
            TextTower = NameTextTower(root),
            Tokenizer = FindText(root, "text_cfg", "hf_tokenizer_name") ?? FindText(root, "text_cfg", "tokenizer_type") ?? "CLIP",
        };
        try
        {
            return Count(row, DualEncoderConfig.Read(path));
        }
        catch (CheckpointException e)
        {
            return row with { Refusal = e.Problem };
        }
    }

    /// <summary>The row of the table in docs/open-clip-configs.md.</summary>
    public override string ToString()
    {
        var verdict = Refusal is not null ? $"no: {Refusal[(Refusal.StartsWith(Place, StringComparison.Ordinal) ? Place : "is wrong: ").Length..].TrimEnd('.')}" : HasUnknownTokenizer ? "images only: its tokenizer is not known" : "yes";
        var published = Published is not { } counts ? "" : Show(counts[0]);
        return $"| {Name} | {ImageTower} | {TextTower} | {Tokenizer} | {verdict} | {Show(Image)} | {Show(Text)} | {Show(Total)} | {published} |";
    }

    private static OpenClipConfigRow Count(OpenClipConfigRow row, DualEncoderConfig config)
    {
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));
        static double Millions(IEnumerable<TorchSharp.Modules.Parameter> parameters) => parameters.Sum(parameter => parameter.numel()) / Million;
        return row with
        {
            HasUnknownTokenizer = config.Text.Tokenizer == TokenizerKind.Unknown,
            Total = Millions(network.parameters()),
            Image = Millions(network.Image.parameters()),
            Text = Millions(network.Text.parameters()),
        };
    }

    private static string NameImageTower(JsonElement root)
    {
        if (!root.TryGetProperty("vision_cfg", out var vision))
            return "none";
        if (FindText(root, "vision_cfg", "timm_model_name") is { } timm)
            return timm;
        return vision.TryGetProperty("layers", out var layers) && layers.ValueKind == JsonValueKind.Array ? "ResNet" : "ViT";
    }

    private static string NameTextTower(JsonElement root)
    {
        var name = FindText(root, "text_cfg", "hf_model_name") ?? FindText(root, "text_cfg", "text_arch") ?? "CLIP";
        return root.TryGetProperty("multimodal_cfg", out _) ? name + ", CoCa decoder" : name;
    }

    private static string? FindText(JsonElement root, string section, string name) =>
        root.TryGetProperty(section, out var found) && found.ValueKind == JsonValueKind.Object
        && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Show(double? count) => count?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}
