using System.Text;
using System.Text.Json;
using Clip.Checkpoints;
using Clip.Shared;

namespace Clip;

/// <summary>What open_clip_config.json says beyond the architecture: which tokenizer, how it cleans, and whether it speaks of images.</summary>
internal sealed record OpenClipText
{
    /// <summary>The Hugging Face tokenizer the model was trained with; null for open_clip's own.</summary>
    public string? TokenizerName { get; private init; }

    /// <summary>The tokenizer's <c>clean</c> argument; null for its default.</summary>
    public string? Cleaning { get; private init; }

    /// <summary>The tokenizer's <c>strip_sep_token</c> argument.</summary>
    public bool StripsEndToken { get; private init; }

    /// <summary>The tokenizer's <c>language</c> argument; null for its default.</summary>
    public string? Language { get; private init; }

    /// <summary>A setting of the tokenizer that is not known here, or null.</summary>
    public string? UnknownSetting { get; private init; }

    /// <summary>Whether the config says how images are prepared.</summary>
    public bool HasPreprocessing { get; private init; }

    /// <summary>Reads a config.</summary>
    /// <exception cref="CheckpointException">The file is too large or damaged.</exception>
    public static OpenClipText Read(string path)
    {
        using var document = Open(path);
        return Read(document.RootElement);
    }

    /// <summary>Reads a config of the catalog.</summary>
    /// <param name="json">The config.</param>
    public static OpenClipText ReadCatalog(string json)
    {
        using var document = StrictJsonFile.Parse(Encoding.UTF8.GetBytes(json), (problem, cause) => new InvalidDataException($"A config of the catalog {problem}", cause));
        return Read(document.RootElement);
    }

    /// <summary>Whether a config is one of Apple's code for MobileCLIP, whose images are all prepared in one way, and whose tokenizer is open_clip's.</summary>
    public static bool IsApple(string path)
    {
        using var document = Open(path);
        return IsApple(document.RootElement);
    }

    private static bool IsApple(JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("image_cfg", out _);

    private static OpenClipText Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new OpenClipText();
        var hasPreprocessing = root.TryGetProperty("preprocess_cfg", out _) || IsApple(root);
        var model = root.TryGetProperty("model_cfg", out var section) ? section : root;
        return model.ValueKind == JsonValueKind.Object && model.TryGetProperty("text_cfg", out var text) && text.ValueKind == JsonValueKind.Object
            ? ReadText(text) with { HasPreprocessing = hasPreprocessing }
            : new OpenClipText { HasPreprocessing = hasPreprocessing };
    }

    private static OpenClipText ReadText(JsonElement text)
    {
        string? cleaning = null, language = null, unknown = null;
        var strips = false;
        if (text.TryGetProperty("tokenizer_kwargs", out var arguments) && arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var argument in arguments.EnumerateObject())
            {
                if (argument.NameEquals("clean") && argument.Value.ValueKind == JsonValueKind.String)
                    cleaning = argument.Value.GetString();
                else if (argument.NameEquals("language") && argument.Value.ValueKind == JsonValueKind.String)
                    language = argument.Value.GetString();
                else if (argument.NameEquals("strip_sep_token") && argument.Value.ValueKind == JsonValueKind.True)
                    strips = true;
                else if (argument.NameEquals("context_length") && IsSame(argument.Value, text))
                    continue;
                else if (argument.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
                    unknown = argument.Name;
            }
        }
        foreach (var name in (string[])["tokenizer_type", "tokenizer_mode"])
        {
            if (Text(text, name) is { } value)
                unknown = $"{name} '{value}'";
        }
        return new OpenClipText
        {
            TokenizerName = Text(text, "hf_tokenizer_name"),
            Cleaning = cleaning,
            Language = language,
            StripsEndToken = strips,
            UnknownSetting = unknown,
        };
    }

    private static bool IsSame(JsonElement length, JsonElement text) =>
        text.TryGetProperty("context_length", out var stated) && JsonElement.DeepEquals(length, stated);

    private static string? Text(JsonElement section, string name) =>
        section.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static JsonDocument Open(string path) => StrictJsonFile.Read(path, (problem, cause) => new CheckpointException(path, problem, cause));
}
