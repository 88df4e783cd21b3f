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
        if (KnownModel.ByName(source) is not null)
            return null;
        if (Directory.Exists(source) || File.Exists(source))
            return new LocalModel(source, source);
        return LooksLikePath(source)
            ? throw new FileNotFoundException($"There is no model at '{source}': neither a folder nor a file.", source)
            : null;
    }

    /// <summary>Finds the repository of a name.</summary>
    /// <exception cref="ModelSourceException">It is neither a known name nor a repository.</exception>
    public static (HubRepository Repository, KnownModel? Known) FindRepository(string source)
    {
        if (KnownModel.ByName(source) is { } known)
            return (new HubRepository(known.Repository), known);
        if (HubRepository.TryParse(source, out var repository))
            return (repository, null);
        throw new ModelSourceException(
            source,
            $"names no model: it is no existing folder or file, no repository of the Hub such as openai/clip-vit-base-patch32, and none of "
            + $"{string.Join(", ", KnownModel.All.Select(model => model.Name))}.");
    }

    private static bool LooksLikePath(string source) =>
        Path.IsPathRooted(source) || source.StartsWith('.') || source.StartsWith('~') || source.Contains('\\')
        || WeightExtensions.Any(extension => source.EndsWith(extension, StringComparison.OrdinalIgnoreCase));
}
