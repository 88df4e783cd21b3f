using System.Text.Json;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>What tokenizer_config.json and special_tokens_map.json beside a vocabulary say.</summary>
internal sealed class TokenizerConfig
{
    private const int MostBytes = 16 << 20;
    private const int MostNesting = 32;

    private static readonly string[] Names = ["tokenizer_config.json", "special_tokens_map.json"];
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MostNesting };

    private readonly List<JsonSection> _files = [];

    /// <summary>Reads those that are in a folder.</summary>
    /// <exception cref="VocabularyException">One is damaged.</exception>
    public static TokenizerConfig Read(string folder)
    {
        var config = new TokenizerConfig();
        foreach (var path in Names.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            try
            {
                using var document = JsonDocument.Parse(LimitedFile.Read(path, MostBytes), Strict);
                config._files.Add(new JsonSection(path, "the file", document.RootElement.Clone()));
            }
            catch (JsonException e)
            {
                throw new VocabularyException(path, $"is not valid JSON: {e.Message}", e);
            }
        }
        return config;
    }

    /// <summary>A token such as <c>pad_token</c>, which is a string or an object with its content; null where no file has it.</summary>
    public string? FindToken(string name) =>
        Find(name) is not { } token ? null : token.Element.ValueKind == JsonValueKind.Object ? token.Text("content") : token.AsText();

    /// <summary>A truth; null where no file has it.</summary>
    public bool? FindFlag(string name)
    {
        foreach (var file in _files)
        {
            if (file.Find(name) is not null)
                return file.Flag(name, false);
        }
        return null;
    }

    private JsonSection? Find(string name) => _files.Select(file => file.Find(name)).FirstOrDefault(found => found is not null);
}
