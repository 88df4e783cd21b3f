namespace Clip.Fuzz.Targets;

/// <summary>A small model of random weights, made once.</summary>
internal static class TinyModel
{
    private static readonly Lazy<IReadOnlyDictionary<string, byte[]>> s_files = new(() =>
    {
        using var folder = new TemporaryFolder();
        TinyClip.Write(folder.Path);
        return folder.Names.ToDictionary(name => name, name => File.ReadAllBytes(folder.File(name)));
    });

    /// <summary>Its files by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Files => s_files.Value;
}
