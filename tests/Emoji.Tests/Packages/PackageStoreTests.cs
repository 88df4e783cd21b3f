using Emoji.Packages;

namespace Emoji.Tests.Packages;

/// <summary>The packages on this machine.</summary>
public sealed class PackageStoreTests : IDisposable
{
    private static readonly NpmPackage Package = new("@small/icons", "1.2.3", "sha512-", "MIT");

    private readonly TemporaryFolder _folder = new();
    private readonly NpmClient _missing = new("no-such-program-anywhere");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FetchAsync_NpmMissing_SaysWhatToInstallAndLeavesNothing()
    {
        var store = new PackageStore(_folder.Path);

        var error = await Assert.ThrowsAsync<IOException>(() => store.FetchAsync([Package], _missing, _ => { }, TestContext.Current.CancellationToken));

        Assert.Contains("Node.js", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task FetchAsync_PackageThere_DoesNothing()
    {
        var store = new PackageStore(_folder.Path);
        Directory.CreateDirectory(store.PathOf(Package));
        var reports = new List<string>();

        await store.FetchAsync([Package], _missing, reports.Add, TestContext.Current.CancellationToken);

        Assert.Empty(reports);
    }

    [Fact]
    public void All_Packages_HaveAHashOf512BitsAndALicense()
    {
        Assert.Equal(9, NpmPackage.All.Count);
        Assert.All(NpmPackage.All, package =>
        {
            Assert.StartsWith("sha512-", package.Integrity, StringComparison.Ordinal);
            Assert.Equal(64, Convert.FromBase64String(package.Integrity["sha512-".Length..]).Length);
            Assert.NotEmpty(package.License);
        });
    }
}
