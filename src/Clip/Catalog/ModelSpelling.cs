namespace Clip;

/// <summary>The ways in which people write one model's name.</summary>
/// <remarks>Asked of every source; the catalog, which takes time to read, is not.</remarks>
internal static class ModelSpelling
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>A name as the catalog spells it: the paper writes ViT-B/32 and ViT-L/14@336px.</summary>
    public static string Of(string name) => name.Replace('/', '-').Replace('@', '-').Replace("336px", "336", IgnoreCase);

    /// <summary>Whether two spellings are one name: with slashes or dashes, whatever the case.</summary>
    public static bool AreAlike(string left, string right) => Of(left).Equals(Of(right), IgnoreCase);
}
