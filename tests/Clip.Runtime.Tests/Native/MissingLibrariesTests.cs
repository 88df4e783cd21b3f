using Clip.Runtime.Native;

namespace Clip.Runtime.Tests.Native;

public sealed class MissingLibrariesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EnsureLoaded_NoLibTorch_NamesThePackagesAndPrintsNothing()
    {
        await SkipUnlessThePackageIsAllThereIsAsync();
        var application = ProbeApplication.Built.CopyTo(_folder.Path, withLibraries: false);

        var result = await application.RunAsync(["clip-first"]);

        var message = "TorchNotFoundException: libtorch 2.10.0, the native library behind TorchSharp, was not found. "
            + "Add the package libtorch-cpu-linux-x64 2.10.0 to the application, or TorchSharp-cuda-linux 0.107.0 for NVIDIA GPUs.";
        Assert.Equal(new(0, message + Environment.NewLine, ""), result);
    }

    [Fact]
    public async Task EnsureLoaded_NoLibraryOfTorchSharp_SaysSo()
    {
        SkipUnlessLinux();
        var application = ProbeApplication.Built.CopyTo(_folder.Path, withLibraries: true);
        File.Delete(Path.Combine(application.LibraryFolder, "libLibTorchSharp.so"));

        var result = await application.RunAsync(["clip-first"]);

        Assert.StartsWith("TorchNotFoundException: TorchSharp's native library was not found. Add the package TorchSharp", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task EnsureLoaded_FileThatIsNoLibrary_SaysWhichAndWhy()
    {
        await SkipUnlessThePackageIsAllThereIsAsync();
        var application = ProbeApplication.Built.CopyTo(_folder.Path, withLibraries: true);
        var library = Path.Combine(application.LibraryFolder, "libtorch_cpu.so");
        File.Delete(library);
        File.WriteAllText(library, "not a library at all, but long enough for the loader to read a header of an ELF file");

        var result = await application.RunAsync(["clip-first"]);

        Assert.StartsWith($"TorchNotFoundException: libtorch was found at '{library}' but does not load: {library}: invalid ELF header.", result.Output);
        Assert.Single(result.Output.TrimEnd().Split('\n'));
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task Report_NoLibTorch_IsAProblemInTheReport()
    {
        await SkipUnlessThePackageIsAllThereIsAsync();
        var application = ProbeApplication.Built.CopyTo(_folder.Path, withLibraries: false);

        var result = await application.RunAsync(["report"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Runs on      nothing: see the problems", result.Output);
        Assert.Contains("Problems     libtorch 2.10.0, the native library behind TorchSharp, was not found.", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task EnsureLoaded_PluginWhoseHostHasNoLibraries_FindsThePluginsOwn()
    {
        await SkipUnlessThePackageIsAllThereIsAsync();
        var host = ProbeApplication.Built.CopyTo(_folder.Path, withLibraries: false);

        var result = await host.RunAsync(["plugin", ProbeApplication.Built.Assembly]);

        Assert.Equal(new(0, $"sum 3{Environment.NewLine}", ""), result);
    }

    [Fact]
    public async Task EnsureLoaded_PluginThatThrowsForALibraryThatDoesNotLoad_SaysWhatToReturn()
    {
        SkipUnlessLinux();
        TorchLibraries.EnsureLoaded();
        Assert.SkipUnless(LibraryResolver.AdaptedCopy is not null, "TorchSharp's library loads on this system as it is.");

        var result = await ProbeApplication.Built.RunAsync(["throwing-plugin", ProbeApplication.Built.Assembly]);

        Assert.StartsWith("TorchNotFoundException: TorchSharp's native library was found at", result.Output);
        Assert.EndsWith("Let LoadUnmanagedDll of the plugin's load context return zero for a library that does not load.", result.Output.TrimEnd());
        Assert.Equal("", result.Error);
    }

    // A libtorch of the system, such as that of Debian's python3-torch, is found by its name: to such a system the application lacks nothing.
    private static async Task SkipUnlessThePackageIsAllThereIsAsync()
    {
        SkipUnlessLinux();
        using var folder = new TemporaryFolder();
        var found = await ProbeApplication.Built.CopyTo(folder.Path, withLibraries: false).RunAsync(["systems-libtorch"]);
        Assert.SkipWhen(found.Output.TrimEnd() == bool.TrueString, "The system's own loader finds a libtorch, with or without the package.");
        Assert.Equal(new(0, $"{bool.FalseString}{Environment.NewLine}", ""), found);
    }

    private static void SkipUnlessLinux() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The application is taken apart by the names its libraries have on Linux.");
}
