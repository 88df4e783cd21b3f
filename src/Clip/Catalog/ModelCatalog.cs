using System.Diagnostics.CodeAnalysis;
using Clip.Shared;

namespace Clip;

/// <summary>The published models, and how their names are understood.</summary>
internal static class ModelCatalog
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
    private const string OpenAI = "openai";
    private const string QuickGelu = "-quickgelu";

    // Weights that anyone may use are preferred to better ones that not everyone may.
    private static readonly string[] FreeLicenses = ["MIT", "Apache-2.0"];

    private static readonly ILookup<string, KnownModel> ByName;

    static ModelCatalog()
    {
        All = CatalogTable.Read(CatalogConfigs.Read());
        ByName = All.ToLookup(model => model.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All models, in the order of the table: those of one name follow each other.</summary>
    public static IReadOnlyList<KnownModel> All { get; }

    /// <summary>Finds a model by a name, a name with a tag after '/' or ':', or the last part of a repository that the table names.</summary>
    /// <param name="source">What the caller named.</param>
    /// <param name="model">The model, if the answer is true.</param>
    /// <returns>False where no model has such a name.</returns>
    /// <exception cref="ModelSourceException">The name is a model's, but the tag is none of its tags, or the beginning of several.</exception>
    public static bool TryFind(string source, [NotNullWhen(true)] out KnownModel? model)
    {
        model = FindDefault(source);
        if (model is not null)
            return true;
        var end = source.LastIndexOfAny(['/', ':']);
        if (end > 0 && FindTagged(source, source[..end], source[(end + 1)..]) is { } tagged)
            model = tagged;
        else if (end < 0)
            model = All.FirstOrDefault(known => IsLastPart(source, known.Repository) || (known.AlsoAt is { } other && IsLastPart(source, other)));
        return model is not null;
    }

    /// <summary>Whether a name is what a repository is called without its organization.</summary>
    /// <param name="name">The name.</param>
    /// <param name="repository">"org/name".</param>
    public static bool IsLastPart(string name, string repository) => repository[(repository.IndexOf('/') + 1)..].Equals(name, IgnoreCase);

    /// <summary>Finds the model of a repository: where several have one, the one that is named as it is, else the first.</summary>
    /// <param name="repository">"org/name".</param>
    public static KnownModel? FindByRepository(string repository)
    {
        var models = All.Where(model => model.Repository.Equals(repository, IgnoreCase) || (model.AlsoAt?.Equals(repository, IgnoreCase) ?? false)).ToList();
        return models.Find(model => IsLastPart(model.Name, repository)) ?? models.FirstOrDefault();
    }

    /// <summary>The models whose name with tag, repository or license has every word of a filter in it.</summary>
    /// <param name="filter">Words with blanks between them; null or blank for all models.</param>
    public static IReadOnlyList<KnownModel> Filter(string? filter)
    {
        var words = (filter ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return [.. All.Where(model => words.All(word => Texts(model).Any(text => text.Contains(word, IgnoreCase))))];
    }

    /// <summary>The names that are nearest to a misspelled one: at most three, none for what resembles nothing.</summary>
    /// <param name="source">What the caller named.</param>
    public static IReadOnlyList<string> Suggest(string source)
    {
        var spelled = ModelSpelling.Of(source);
        var names = ByName.Select(group => group.Key).Concat(All.Select(model => model.FullName));
        return
        [
            .. names.Select(name => (Name: name, Distance: EditDistance.Between(ModelSpelling.Of(name), spelled)))
                .Where(near => near.Distance <= Math.Max(2, spelled.Length / 4))
                .OrderBy(near => near.Distance).ThenBy(near => near.Name, StringComparer.Ordinal)
                .Take(3).Select(near => near.Name),
        ];
    }

    /// <summary>The model that a name without a tag means, among those of the name.</summary>
    /// <remarks>
    /// OpenAI's own weights where there are such; else, among those under a license that lets everyone use them (among all, where there are
    /// none), the one with the highest published accuracy.
    /// </remarks>
    private static KnownModel? FindDefault(string name)
    {
        var models = ModelsNamed(name);
        if (models.Find(model => model.Tag == OpenAI) is { } original)
            return original;
        var free = models.FindAll(model => FreeLicenses.Contains(model.License));
        return (free.Count > 0 ? free : models).MaxBy(model => model.ImageNetAccuracy ?? 0);
    }

    private static KnownModel? FindTagged(string source, string name, string tag)
    {
        var models = ModelsNamed(name);
        if (models.Count == 0)
            return null;
        tag = tag.ToLowerInvariant().Replace('-', '_');
        if (models.Find(model => model.Tag == tag) is { } exact)
            return exact;
        var begun = tag.Length == 0 ? [] : models.FindAll(model => model.Tag.StartsWith(tag + "_", StringComparison.Ordinal));
        return begun.Count == 1 ? begun[0] : throw new ModelSourceException(
            source,
            begun.Count == 0
                ? $"names no weights of '{models[0].Name}': its tags are {string.Join(", ", models.Select(model => model.Tag))}."
                : $"names several models: {string.Join(", ", begun.Select(model => model.FullName))}.");
    }

    // open_clip's "-quickgelu" names stand for the same weights, where those were trained with it.
    private static List<KnownModel> ModelsNamed(string name)
    {
        name = ModelSpelling.Of(name);
        return ByName.Contains(name) ? [.. ByName[name]]
            : name.EndsWith(QuickGelu, IgnoreCase) ? [.. ByName[name[..^QuickGelu.Length]].Where(model => model.UsesQuickGelu)]
            : [];
    }

    private static IEnumerable<string> Texts(KnownModel model) => [model.FullName, model.Repository, model.AlsoAt ?? "", model.License ?? ""];
}
