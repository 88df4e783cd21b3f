namespace Clip.Models;

/// <summary>The kinds of towers that this version builds, by the beginnings of their configs' names.</summary>
public static class SupportedTowers
{
    /// <summary>Image towers, such as "VisionTransformer".</summary>
    public static IReadOnlyList<string> Images { get; } = [.. TowerFamilies.Images.Select(family => NameOf(family))];

    /// <summary>Text towers, such as "ClipText"; of Hugging Face's library each model type.</summary>
    public static IReadOnlyList<string> Texts { get; } =
        [.. TowerFamilies.Texts.SelectMany(family => family.ModelTypes.Count > 0 ? family.ModelTypes : [NameOf(family)])];

    private static string NameOf(object family) => family.GetType().Name.Replace("Family", "", StringComparison.Ordinal);
}
