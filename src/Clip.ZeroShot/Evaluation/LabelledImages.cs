using System.Collections.Immutable;
using System.Text;
using Clip.Shared;

namespace Clip.ZeroShot.Evaluation;

/// <summary>A set of image files with their classes.</summary>
public sealed class LabelledImages
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];

    private LabelledImages(ImmutableArray<string> classNames, ImmutableArray<LabelledImage> images, IReadOnlyDictionary<string, Exception> unreadableFolders)
    {
        ClassNames = classNames;
        Images = images;
        UnreadableFolders = unreadableFolders;
    }

    /// <summary>The names by label.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>The images, at least one, in the order of their labels where they come from a folder.</summary>
    public ImmutableArray<LabelledImage> Images { get; }

    /// <summary>Folders of classes that could not be read, and why; their images are not among the others.</summary>
    public IReadOnlyDictionary<string, Exception> UnreadableFolders { get; }

    /// <summary>Finds images in the folders of their classes: <c>folder/class/image.jpg</c>.</summary>
    /// <param name="folder">The folder of the folders.</param>
    /// <param name="classNames">
    /// The names by label, each the name of a folder where there are images of it; null to take the folders in ordinal order as labels
    /// 0, 1, 2..., as ImageNet's identifiers are counted.
    /// </param>
    /// <returns>Files that end in .jpg, .jpeg, .png, .webp, .gif or .bmp; by label, then by name.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="ArgumentException">A folder is no class, a name appears twice, or there are no images.</exception>
    public static LabelledImages FromFolder(string folder, IReadOnlyList<string>? classNames = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var folders = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToArray();
        ImmutableArray<string> names = classNames is null ? [.. folders.Select(path => Path.GetFileName(path))] : [.. classNames];
        var labels = LabelsByName(names);

        var images = new List<LabelledImage>();
        var unreadable = new Dictionary<string, Exception>(StringComparer.Ordinal);
        foreach (var path in folders)
        {
            if (!labels.TryGetValue(Path.GetFileName(path), out var label))
                throw new ArgumentException($"The folder '{path}' is none of the {names.Length} classes. Rename it, or pass no names to count the folders in their order.", nameof(folder));
            images.AddRange(FolderWalk.Entries(path, unreadable.Add)
                .Where(entry => entry is not DirectoryInfo)
                .Select(file => Path.Combine(path, file.Name))
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .Select(file => new LabelledImage(file, label)));
        }
        return images.Count > 0
            ? new LabelledImages(names, [.. images.OrderBy(image => image.Label)], unreadable)
            : throw new ArgumentException($"No image lies in a folder of '{folder}'. Expected are files such as '{Path.Combine(folder, "class", "image.jpg")}'.{Unreadable(unreadable)}", nameof(folder));
    }

    /// <summary>Reads a list with an image per line: path, tabulator, class name.</summary>
    /// <param name="path">The list, in UTF-8; paths in it are relative to its folder, blank lines mean nothing.</param>
    /// <param name="classNames">The names by label, each once.</param>
    /// <exception cref="FileNotFoundException">There is no such list.</exception>
    /// <exception cref="FormatException">A line is not as described, not UTF-8 or longer than 1 MB, or its class is none of the names; the message has its number.</exception>
    /// <exception cref="ArgumentException">A name appears twice.</exception>
    public static LabelledImages FromList(string path, IReadOnlyList<string> classNames)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(classNames);
        ImmutableArray<string> names = [.. classNames];
        var labels = LabelsByName(names);

        RegularFile.Require(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var images = ImmutableArray.CreateBuilder<LabelledImage>();
        using var list = File.OpenRead(path);
        var lines = new LineBuffer(list, (line, problem) => new FormatException($"'{path}', line {line}: it {problem}."));
        while (lines.Read() is { } bytes)
        {
            var line = Encoding.UTF8.GetString(bytes.Span).TrimEnd('\r');
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (line.Split('\t') is not [{ Length: > 0 } file, var name])
                throw new FormatException($"'{path}', line {lines.Number}: expected a path, a tabulator and a class name.");
            if (!labels.TryGetValue(name, out var label))
                throw new FormatException($"'{path}', line {lines.Number}: \"{name}\" is none of the {names.Length} classes.");
            images.Add(new LabelledImage(Path.Combine(folder, file), label));
        }
        return images.Count > 0
            ? new LabelledImages(names, images.DrainToImmutable(), ImmutableDictionary<string, Exception>.Empty)
            : throw new FormatException($"'{path}' lists no image.");
    }

    private static string Unreadable(Dictionary<string, Exception> folders) =>
        folders.Count == 0 ? "" : $" {folders.Count} folders could not be read: {folders.First().Value.Message}";

    private static Dictionary<string, int> LabelsByName(ImmutableArray<string> names)
    {
        var labels = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var label = 0; label < names.Length; label++)
        {
            if (!labels.TryAdd(names[label], label))
                throw new ArgumentException($"\"{names[label]}\" is class {labels[names[label]]} and class {label}, so the name does not say which.", "classNames");
        }
        return labels;
    }
}
