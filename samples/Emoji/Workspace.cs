using Emoji.Packages;
using Emoji.Rendering;
using Emoji.Words;

namespace Emoji;

/// <summary>The folder in which everything is made that the sample does not ship.</summary>
/// <param name="folder">The folder.</param>
internal sealed class Workspace(string folder)
{
    /// <summary>The packages.</summary>
    public PackageStore Packages { get; } = new(Path.Combine(folder, "packages"));

    /// <summary>The rendered images.</summary>
    public ImageFolder Images { get; } = new(Path.Combine(folder, "images"));

    /// <summary>A file or folder of another kind.</summary>
    public string this[string name] => Path.Combine(folder, name);

    /// <summary>Downloads and renders what is not there.</summary>
    /// <returns>The emoji and their words.</returns>
    public async Task<Catalog> PrepareAsync(CancellationToken cancellationToken)
    {
        await FetchAsync(cancellationToken);
        var catalog = LoadCatalog();
        Images.Render(Packages, catalog, Console.WriteLine, cancellationToken);
        return catalog;
    }

    /// <summary>Downloads the packages that are not there.</summary>
    public Task FetchAsync(CancellationToken cancellationToken) => Packages.FetchAsync(NpmPackage.All, new NpmClient(), Console.WriteLine, cancellationToken);

    /// <summary>Reads the emoji and their words from the packages that are there.</summary>
    public Catalog LoadCatalog() => Catalog.Load(Packages.PathOf(NpmPackage.Words));
}
