namespace Clip.Fuzz.Targets;

/// <summary>One changed file, and the folder in which it and its companions are written.</summary>
internal sealed class FuzzInput(string name, byte[] bytes, string folder)
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>The seed's file name.</summary>
    public string Name => name;

    /// <summary>The content.</summary>
    public byte[] Bytes => bytes;

    /// <summary>An empty folder of this input's own.</summary>
    public string Folder => folder;

    /// <summary>Files in the folder that no target wrote.</summary>
    public IEnumerable<string> Foreign => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(path => !_written.Contains(path))
        : [];

    /// <summary>Writes the input under its name.</summary>
    /// <returns>Its path.</returns>
    public string Write() => Write(name, bytes);

    /// <summary>Writes a file, companions of the input too.</summary>
    /// <returns>Its path.</returns>
    public string Write(string fileName, byte[] content)
    {
        var path = Path.Combine(folder, fileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        _written.Add(path);
        return path;
    }

    /// <summary>Writes the target's seeds, of which the input replaces the one that it was made of.</summary>
    public void WriteAmong(IEnumerable<Seed> seeds)
    {
        foreach (var seed in seeds)
            Write(seed.Name, seed.Name == name ? bytes : seed.Bytes);
    }
}
