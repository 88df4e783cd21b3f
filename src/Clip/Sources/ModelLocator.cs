using Clip.Hub;

namespace Clip;

/// <summary>From what a caller names to files on this machine.</summary>
internal static class ModelLocator
{
    private static readonly string[] WeightExtensions = [".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".json"];

    /// <summary>Finds the files of a source that needs no network: null for names and repositories of the Hub.</summary>
    /// <exception cref="FileNotFoundException">The source is a path, and nothing is there.</exception>
    public static LocalModel? TryFindLocal(string source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        if (OpenAIModel.All.Any(model => ModelSpelling.AreAlike(model.Name, source)))
            return null;
        if (Directory.Exists(source) || File.Exists(source))
            return new LocalModel(source, source, Known: HubCachePath.TryReadRepository(source) is { } repository ? ModelCatalog.FindByRepository(repository) : null);
        return LooksLikePath(source)
            ? throw new FileNotFoundException($"There is no model at '{source}': neither a folder nor a file.", source)
            : null;
    }

    /// <summary>Finds the repository of a name.</summary>
    /// <exception cref="ModelSourceException">It is neither a known name nor a repository, or its tag is none or several.</exception>
    public static (HubRepository Repository, KnownModel? Known) FindRepository(string source)
    {
        if (ModelCatalog.TryFind(source, out var known))
            return (new HubRepository(known.AlsoAt is { } other && ModelCatalog.IsLastPart(source, other) ? other : known.Repository), known);
        if (HubRepository.TryParse(source, out var repository))
            return (repository, ModelCatalog.FindByRepository(repository.Id));
        var near = ModelCatalog.Suggest(source);
        throw new ModelSourceException(
            source,
            "names no model: it is no existing folder or file, no repository of the Hub such as openai/clip-vit-base-patch32, and no name that "
            + $"{nameof(ClipModel)}.{nameof(ClipModel.List)}() has, such as ViT-B/32 or MobileCLIP2-S0."
            + (near.Count > 0 ? $" Nearest: {string.Join(", ", near)}." : ""));
    }

    private static bool LooksLikePath(string source) =>
        Path.IsPathRooted(source) || source.StartsWith('.') || source.StartsWith('~') || source.Contains('\\')
        || WeightExtensions.Any(extension => source.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
