using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Emoji.Packages;

/// <summary>An archive of npm's: a compressed tar file of which nothing is read before its hash is the expected one.</summary>
internal static class PackageArchive
{
    private const string Algorithm = "sha512-";
    private const string Root = "package/";
    private const int MostEntries = 2_000;
    private const long MostBytes = 512L << 20;

    /// <summary>Compares an archive with what the list of packages says of it.</summary>
    /// <exception cref="InvalidDataException">It is another one; the message says which hash it has.</exception>
    public static void Verify(string path, NpmPackage package)
    {
        using var stream = File.OpenRead(path);
        var actual = Algorithm + Convert.ToBase64String(SHA512.HashData(stream));
        if (actual != package.Integrity)
        {
            throw new InvalidDataException(
                $"'{path}' is not the archive of {package.Specifier}: its hash is {actual}, not {package.Integrity}. "
                + "Download it again; if that does not help, the registry that npm is configured for has another file under this version.");
        }
    }

    /// <summary>Writes the files of an archive into a folder.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="folder">The folder, which is made.</param>
    /// <param name="isWanted">Which files, by their paths below <c>package/</c>.</param>
    /// <param name="cancellationToken">Checked between files.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, has too much in it, or a file that would lie outside of the folder.</exception>
    public static void Extract(string path, string folder, Func<string, bool> isWanted, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        using var file = File.OpenRead(path);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        var (entries, bytes) = (0, 0L);
        while (tar.GetNextEntry() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bytes += entry.Length;
            if (++entries > MostEntries || bytes > MostBytes)
                throw new InvalidDataException($"'{path}' has more than {MostEntries:N0} entries or {MostBytes >> 20} MiB, at '{entry.Name}'.");
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || !entry.Name.StartsWith(Root, StringComparison.Ordinal))
                continue;
            var name = entry.Name[Root.Length..];
            if (isWanted(name))
                Write(entry, path, folder, name);
        }
    }

    private static void Write(TarEntry entry, string path, string folder, string name)
    {
        if (name.Split('/').Any(part => part is "" or "." or "..") || name.AsSpan().ContainsAny(['\\', ':', '\0']))
            throw new InvalidDataException($"'{path}' has an entry '{entry.Name}', which does not lie below '{Root}'.");
        var target = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        entry.ExtractToFile(target, overwrite: false);
    }
}
