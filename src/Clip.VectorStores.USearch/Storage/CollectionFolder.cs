using System.Globalization;
using System.Text;

namespace Clip.VectorStores.USearch.Storage;

/// <summary>Where a collection's files are.</summary>
/// <param name="Path">The folder.</param>
internal sealed record CollectionFolder(string Path)
{
    private const string Extension = ".vectors";
    private const int LongestName = 200;

    /// <summary>The file that makes the folder a collection.</summary>
    public string SchemaPath => System.IO.Path.Combine(Path, "collection.json");

    /// <summary>The folder of a collection.</summary>
    /// <param name="root">The store's folder.</param>
    /// <param name="name">The collection's name.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public static CollectionFolder Of(string root, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var escaped = new StringBuilder();
        foreach (var part in StrictUtf8.Encoding.GetBytes(name))
        {
            // Upper case too: file systems may not tell it from lower case.
            if (part is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'_')
                escaped.Append((char)part);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{part:x2}");
        }
        if (escaped.Length > LongestName)
            throw new ArgumentException($"The collection's name takes {escaped.Length} characters as a folder's name; {LongestName} is the most.", nameof(name));
        return new CollectionFolder(System.IO.Path.Combine(root, escaped.Append(Extension).ToString()));
    }

    /// <summary>The collections of a store.</summary>
    /// <param name="root">The store's folder.</param>
    public static IEnumerable<CollectionFolder> All(string root) => Directory.Exists(root)
        ? Directory.EnumerateDirectories(root, $"*{Extension}").Order(StringComparer.Ordinal).Select(path => new CollectionFolder(path)).Where(folder => File.Exists(folder.SchemaPath))
        : [];

    /// <summary>The name of the collection that is in it.</summary>
    /// <exception cref="InvalidDataException">The folder's description is damaged.</exception>
    public string ReadName()
    {
        try
        {
            return Schema.Read(SchemaPath).Name;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{SchemaPath}' cannot be used. {e.Message}", e);
        }
    }

    /// <summary>The log of a generation.</summary>
    /// <param name="generation">Its number.</param>
    public string LogPath(int generation) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"records-{generation}.log"));

    /// <summary>All logs.</summary>
    public IEnumerable<string> Logs() => Directory.EnumerateFiles(Path, "records-*.log");

    /// <summary>Deletes a file that nobody needs any more, unless someone still reads it.</summary>
    /// <param name="path">The file.</param>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next writer deletes it.
        }
    }
}
