using Clip.Runtime.Native;

namespace Clip.Runtime.Tests.Native;

public sealed class AdaptedCopyTests : IDisposable
{
    private static readonly ProbeResult Computed = new(0, $"sum 3{Environment.NewLine}", "");

    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Load_AdaptedCopy_IsInMemoryAndLeavesNoFile()
    {
        SkipUnlessAdapted();

        var result = await ProbeApplication.Built.RunAsync(["report-cpu"], ("XDG_CACHE_HOME", _cache.Path), ("HOME", _cache.Path), ("TMPDIR", _cache.Path));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("adapted to this system's C++ runtime, in memory", result.Output);
        Assert.Contains("Runs on      cpu in float32", result.Output);
        Assert.Empty(CachedFiles());
    }

    // What was once kept in a cache: a file that others could replace is not looked at, be it a library, a pipe or a link.
    [Fact]
    public async Task Load_FilesOfOthersInTheCache_AreNotOpened()
    {
        SkipUnlessAdapted();
        var hash = AdaptedTorchSharp.Adapt(File.ReadAllBytes(NativeSearchPath.Find("LibTorchSharp")!))!;
        var folder = Directory.CreateDirectory(Path.Combine(_cache.Path, "clip-dotnet", "native", hash)).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "libLibTorchSharp.so"), "/dev/zero");

        Assert.Equal(Computed, await ProbeApplication.Built.RunAsync(["torch-first"], ("XDG_CACHE_HOME", _cache.Path)));
    }

    [Fact, System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void CreateOnDisk_FolderOfTheUser_HasTheContentAndNoName()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Unnamed files are Linux's.");
        using var file = UnnamedFile.CreateOnDisk(_cache.Path, "content"u8);
        Assert.SkipWhen(file is null, "The file system of the folder for temporary files has no unnamed files.");

        Assert.Equal("content", File.ReadAllText(UnnamedFile.PathOf(file)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cache.Path));
        Assert.Null(UnnamedFile.CreateOnDisk(Path.Combine(_cache.Path, "nothing there"), "content"u8));
    }

    [Fact]
    public async Task Load_LibraryThatLoadsByItself_LeavesTheCacheEmpty()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is adapted on Linux only.");
        using var folder = new TemporaryFolder();
        var application = ProbeApplication.Built.CopyTo(folder.Path, withLibraries: true);
        var library = Path.Combine(application.LibraryFolder, "libLibTorchSharp.so");
        var content = File.ReadAllBytes(library);
        AdaptedTorchSharp.Adapt(content);
        File.Delete(library);
        File.WriteAllBytes(library, content);

        var result = await application.RunAsync(["clip-first"], ("XDG_CACHE_HOME", _cache.Path));

        Assert.Equal(Computed, result);
        Assert.Empty(CachedFiles());
    }

    [Fact]
    public void Adapt_UnknownLibrary_ChangesNothing()
    {
        byte[] library = [.. "not the library"u8];

        Assert.Null(AdaptedTorchSharp.Adapt(library));
        Assert.Equal("not the library"u8, library);
    }

    [Fact]
    public void Adapt_LibraryOfThisTorchSharp_RemovesTheNewerVersionsOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The library is adapted on Linux only.");
        var before = File.ReadAllBytes(NativeSearchPath.Find("LibTorchSharp")!);
        var after = before.ToArray();

        Assert.Equal(64, AdaptedTorchSharp.Adapt(after)?.Length);
        Assert.InRange(before.AsSpan().IndexOf("_ZSt21ios_base_library_initv"u8), 0, after.AsSpan().IndexOf("_ZSt21ios_base_library_initv"u8) - 1);
        Assert.InRange(before.Zip(after).Count(pair => pair.First != pair.Second), 1, 29 + 4 * 4);
    }

    private string[] CachedFiles() => Directory.GetFiles(_cache.Path, "*", SearchOption.AllDirectories);

    private static void SkipUnlessAdapted()
    {
        TorchLibraries.EnsureLoaded();
        Assert.SkipUnless(LibraryResolver.AdaptedCopy is not null, "TorchSharp's library loads on this system as it is.");
    }
}
