namespace Emoji.Packages;

/// <summary>The files of the packages on this machine, each package's whole or not at all.</summary>
/// <param name="folder">Where they are.</param>
internal sealed class PackageStore(string folder)
{
    // What the icons and words are read from, and what says whose they are.
    private static readonly string[] IconFiles = ["icons.json", "chars.json", "info.json", "package.json", "README.md"];
    private static readonly string[] WordFiles = ["LICENSE", "README.md", "package.json", "meta/groups.json"];

    /// <summary>The folder of a package.</summary>
    public string PathOf(NpmPackage package) => Path.Combine(folder, $"{package.FolderName}-{package.Version}");

    /// <summary>Downloads the packages that are not there.</summary>
    /// <param name="packages">The packages.</param>
    /// <param name="npm">Downloads.</param>
    /// <param name="report">Told of each package that was downloaded.</param>
    /// <param name="cancellationToken">Ends it; packages that are there by then stay.</param>
    /// <exception cref="IOException">npm fails.</exception>
    /// <exception cref="InvalidDataException">An archive is not the expected one.</exception>
    public async Task FetchAsync(IEnumerable<NpmPackage> packages, NpmClient npm, Action<string> report, CancellationToken cancellationToken)
    {
        foreach (var package in packages.Where(package => !Directory.Exists(PathOf(package))))
        {
            Directory.CreateDirectory(folder);
            var temporary = Directory.CreateDirectory(AtomicFile.TemporaryPath(PathOf(package))).FullName;
            try
            {
                var archive = await npm.PackAsync(package, temporary, cancellationToken);
                PackageArchive.Verify(archive, package);
                var files = Path.Combine(temporary, "files");
                PackageArchive.Extract(archive, files, IsWanted, cancellationToken);
                Directory.Move(files, PathOf(package));
                report($"{package.Specifier}, {package.License}: {new FileInfo(archive).Length / 1e6:F1} MB");
            }
            finally
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private static bool IsWanted(string name) => IconFiles.Contains(name) || WordFiles.Contains(name)
        || name.EndsWith("/data.json", StringComparison.Ordinal) || (name.StartsWith("en/shortcodes/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal));
}
