using System.Formats.Tar;

namespace Clip.Cli.Tests.Support;

/// <summary>Tar files as shards.</summary>
internal static class TarFiles
{
    /// <summary>Writes one.</summary>
    public static void Write(string path, params (string Name, byte[] Bytes)[] entries)
    {
        using var tar = new TarWriter(File.Create(path));
        foreach (var (name, bytes) in entries)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
    }
}
