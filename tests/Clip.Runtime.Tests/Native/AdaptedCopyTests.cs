using Clip.Runtime.Native;

namespace Clip.Runtime.Tests.Native;

public sealed class AdaptedCopyTests : IDisposable
{
    private static readonly ProbeResult Computed = new(0, $"sum 3{Environment.NewLine}", "");

    private readonly TemporaryFolder _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Load_SixProcessesAtOnceWithAnEmptyCache_AllComputeAndOneFileRemains()
    {
        SkipUnlessAdapted();

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ComputeAsync(_cache.Path)));

        Assert.All(results, result => Assert.Equal(Computed, result));
        Assert.Equal("libLibTorchSharp.so", Path.GetFileName(Assert.Single(CachedFiles())));
    }

    [Fact]
    public async Task Load_DamagedCopyInTheCache_IsReplaced()
    {
        SkipUnlessAdapted();
        await ComputeAsync(_cache.Path);
        var copy = Assert.Single(CachedFiles());
        var content = File.ReadAllBytes(copy);
        File.WriteAllBytes(copy, content.AsSpan(0, content.Length / 2));

        var result = await ComputeAsync(_cache.Path);

        Assert.Equal(Computed, result);
        Assert.Equal(content, File.ReadAllBytes(Assert.Single(CachedFiles())));
    }

    [Fact]
    public async Task Load_CacheThatCannotBeWritten_UsesMemory()
    {
        SkipUnlessAdapted();
        var file = Path.Combine(_cache.Path, "a file, not a folder");
        File.WriteAllText(file, "");

        var result = await ProbeApplication.Built.RunAsync(["report-cpu"], ("XDG_CACHE_HOME", file));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("adapted to this system's C++ runtime, in memory", result.Output);
        Assert.Contains("Runs on      cpu in float32", result.Output);
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(_cache.Path));
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

    private static Task<ProbeResult> ComputeAsync(string cache) =>
        ProbeApplication.Built.RunAsync(["torch-first"], ("XDG_CACHE_HOME", cache));

    private string[] CachedFiles() => Directory.GetFiles(_cache.Path, "*", SearchOption.AllDirectories);

    private static void SkipUnlessAdapted()
    {
        TorchLibraries.EnsureLoaded();
        Assert.SkipUnless(LibraryResolver.AdaptedCopy is not null, "TorchSharp's library loads on this system as it is.");
    }
}
