using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Emoji.Packages;

namespace Emoji.Tests.Packages;

/// <summary>What comes from the registry is compared before it is read, and lands nowhere else than where it belongs.</summary>
public sealed class PackageArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Verify_ChangedArchive_IsRefusedWithBothHashes()
    {
        var bytes = Archive(("package/icons.json", "{}"));
        var package = new NpmPackage("small", "1.0.0", "sha512-" + Convert.ToBase64String(SHA512.HashData(bytes)), "MIT");
        var path = _folder.Write("small.tgz", bytes);
        PackageArchive.Verify(path, package);

        bytes[^1] ^= 1;
        _folder.Write("small.tgz", bytes);
        var error = Assert.Throws<InvalidDataException>(() => PackageArchive.Verify(path, package));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(package.Integrity, error.Message, StringComparison.Ordinal);
        Assert.Contains(Convert.ToBase64String(SHA512.HashData(bytes)), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Extract_WantedFiles_AreWrittenAndOthersAreNot()
    {
        var path = _folder.Write("small.tgz", Archive(("package/icons.json", "{}"), ("package/en/data.json", "[]"), ("package/index.js", "evil()"), ("other/icons.json", "{}")));

        PackageArchive.Extract(path, _folder.File("files"), name => name.EndsWith(".json", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Equal("{}", File.ReadAllText(Path.Combine(_folder.File("files"), "icons.json")));
        Assert.Equal(["data.json", "icons.json"], Directory.EnumerateFiles(_folder.File("files"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).Order());
    }

    [Theory]
    [InlineData("package/../outside.json")]
    [InlineData("package//outside.json")]
    [InlineData("package/a\\..\\outside.json")]
    [InlineData("package/C:outside.json")]
    public void Extract_NameThatLeavesTheFolder_IsRefused(string name)
    {
        var path = _folder.Write("evil.tgz", Archive((name, "{}")));

        var error = Assert.Throws<InvalidDataException>(() => PackageArchive.Extract(path, _folder.File("files"), _ => true, TestContext.Current.CancellationToken));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*outside*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Extract_MoreEntriesThanAnyPackageHas_IsRefused()
    {
        var path = _folder.Write("many.tgz", Archive([.. Enumerable.Range(0, 2001).Select(i => ($"package/{i}", ""))]));

        Assert.Throws<InvalidDataException>(() => PackageArchive.Extract(path, _folder.File("files"), _ => false, TestContext.Current.CancellationToken));
    }

    private static byte[] Archive(params (string Name, string Text)[] files)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(packed, TarEntryFormat.Ustar))
        {
            foreach (var (name, text) in files)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });
        }
        return bytes.ToArray();
    }
}
