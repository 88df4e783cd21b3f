using Clip.Shared;

namespace Clip.Training.Data.Lists;

/// <summary>Images in folders that are named after classes.</summary>
internal static class ClassFolders
{
    private static readonly HashSet<string> Endings =
        new([".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The images of all folders, each with the name of its class. Links to folders are followed where they stand for a class.</summary>
    public static CaptionedImage[] Read(string folder, IReadOnlyDictionary<string, string>? classNames, Action<string, Exception> unreadable)
    {
        // The order of a directory differs between file systems.
        var images = Directory.GetDirectories(folder)
            .Order(StringComparer.Ordinal)
            .SelectMany(path => FolderWalk.Files(path, unreadable)
                .Where(file => Endings.Contains(Path.GetExtension(file)))
                .Select(file => Path.Combine(path, file.Replace('/', Path.DirectorySeparatorChar)))
                .Order(StringComparer.Ordinal)
                .Select(file => new CaptionedImage(file, NameOf(Path.GetFileName(path)))))
            .ToArray();
        return images.Length > 0 ? images : throw new PairDataException(folder, "has no folders with images in them.");

        string NameOf(string name) => classNames?.GetValueOrDefault(name) ?? name.Replace('_', ' ');
    }
}
