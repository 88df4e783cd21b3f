using System.Text.Json;

namespace Emoji.Packages;

/// <summary>A package of the npm registry in one version, and what its archive must be.</summary>
/// <param name="Name">Its name, such as <c>@iconify-json/noto</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Integrity">SHA-512 of the archive as npm writes it: <c>sha512-</c> and base64.</param>
/// <param name="License">The SPDX name of the license of what is in it.</param>
internal sealed record NpmPackage(string Name, string Version, string Integrity, string License)
{
    private const string ListName = "packages.json";

    /// <summary>All packages that the sample takes its images and words from.</summary>
    public static IReadOnlyList<NpmPackage> All { get; } = ReadList();

    /// <summary>Name and version as npm takes them.</summary>
    public string Specifier => $"{Name}@{Version}";

    /// <summary>The folder of the package's files among those of all packages.</summary>
    public string FolderName => Name.Replace("@", "", StringComparison.Ordinal).Replace('/', '-');

    /// <summary>The package with the icons of a style.</summary>
    public static NpmPackage OfStyle(string style) => All.First(package => package.Name == $"@iconify-json/{style}");

    /// <summary>The package with names and keywords.</summary>
    public static NpmPackage Words { get; } = All.First(package => package.Name == "emojibase-data");

    private static NpmPackage[] ReadList()
    {
        using var stream = typeof(NpmPackage).Assembly.GetManifestResourceStream(ListName)!;
        return JsonSerializer.Deserialize<NpmPackage[]>(stream, JsonSerializerOptions.Web)!;
    }
}
