using System.Text.Json;

namespace Clip;

/// <summary>Reads configs.json: open_clip's config of each architecture in the table of models.</summary>
internal static class CatalogConfigs
{
    private const string Resource = "Clip.Catalog.configs.json";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads the configs as they are written, by the names of their architectures; empty where open_clip has no words for one.</summary>
    public static IReadOnlyDictionary<string, string> Read()
    {
        using var stream = typeof(CatalogConfigs).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The library lacks its resource {Resource}.");
        using var document = JsonDocument.Parse(stream, Strict);
        return document.RootElement.EnumerateObject().ToDictionary(config => config.Name, config => config.Value.ValueKind == JsonValueKind.Null ? "" : config.Value.GetRawText(), StringComparer.Ordinal);
    }
}
