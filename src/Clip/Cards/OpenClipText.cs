using System.Text.Json;
using Clip.Shared;

namespace Clip;

/// <summary>What open_clip_config.json says about texts beyond the architecture: which tokenizer, and how it cleans.</summary>
/// <param name="TokenizerName">The Hugging Face tokenizer the model was trained with; null for open_clip's own.</param>
/// <param name="Cleaning">The tokenizer's <c>clean</c> argument; null for its default.</param>
/// <param name="UnknownSetting">An argument of the tokenizer that is not known here, or null.</param>
internal sealed record OpenClipText(string? TokenizerName, string? Cleaning, string? UnknownSetting)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    // Both readers come after those of architecture and preprocessing, which have refused what is large or damaged.
    public static OpenClipText Read(string path)
    {
        using var document = Parse(path);
        return Read(document);
    }

    /// <summary>Reads a config of the catalog.</summary>
    public static OpenClipText ReadCatalog(string json)
    {
        using var document = JsonDocument.Parse(json, Strict);
        return Read(document);
    }

    public static bool HasPreprocessing(string path)
    {
        using var document = Parse(path);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("preprocess_cfg", out _);
    }

    private static OpenClipText Read(JsonDocument document)
    {
        var model = document.RootElement.TryGetProperty("model_cfg", out var section) ? section : document.RootElement;
        if (!model.TryGetProperty("text_cfg", out var text) || text.ValueKind != JsonValueKind.Object)
            return new OpenClipText(null, null, null);

        string? cleaning = null, unknown = null;
        if (text.TryGetProperty("tokenizer_kwargs", out var arguments) && arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                if (argument.NameEquals("clean") && argument.Value.ValueKind == JsonValueKind.String)
                    cleaning = argument.Value.GetString();
                else if (argument.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                    unknown = argument.Name;
            }
        }
        if (Text(text, "tokenizer_type") is { } type)
            unknown = $"tokenizer_type '{type}'";
        return new OpenClipText(Text(text, "hf_tokenizer_name"), cleaning, unknown);
    }

    private static string? Text(JsonElement section, string name) =>
        section.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(RegularFile.ReadAllBytes(path), Strict);
        }
        catch (JsonException e)
        {
            throw new Checkpoints.CheckpointException(path, $"is not valid JSON: {e.Message}", e);
        }
    }
}
