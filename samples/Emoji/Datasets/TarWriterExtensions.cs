using System.Formats.Tar;

namespace Emoji.Datasets;

/// <summary>Entries of tar files that have the same bytes whenever they are written.</summary>
internal static class TarWriterExtensions
{
    /// <summary>Adds a file.</summary>
    public static void Add(this TarWriter tar, string name, byte[] data) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(data),
        ModificationTime = DateTimeOffset.UnixEpoch,
    });
}
