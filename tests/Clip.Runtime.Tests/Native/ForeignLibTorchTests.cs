using System.Text;
using Clip.Runtime.Native;

namespace Clip.Runtime.Tests.Native;

/// <summary>Another libtorch in LD_LIBRARY_PATH. It is a library that loads under libtorch's names and has none of its functions.</summary>
public sealed class ForeignLibTorchTests : IDisposable
{
    private static readonly ProbeResult Computed = new(0, $"sum 3{Environment.NewLine}", "");

    private readonly TemporaryFolder _application = new(), _foreign = new();

    public void Dispose()
    {
        _application.Dispose();
        _foreign.Dispose();
    }

    [Theory]
    [InlineData("clip-first", true), InlineData("torch-first", true), InlineData("clip-first", false), InlineData("torch-first", false)]
    public async Task Load_ForeignLibTorchInThePath_LoadsTheApplicationsOwn(string probe, bool hasDependencyFile)
    {
        WriteForeignLibTorch();
        var application = ProbeApplication.Built.CopyTo(_application.Path, withLibraries: true);
        if (!hasDependencyFile)                                   // as in scripts and notebooks: .NET itself knows no folder of the package
            File.Delete(Path.Combine(_application.Path, "Clip.Runtime.Probe.deps.json"));

        Assert.Equal(Computed, await application.RunAsync([probe], ("LD_LIBRARY_PATH", _foreign.Path)));
    }

    [Fact]
    public async Task EnsureLoaded_ForeignLibTorchAlone_NamesItAndThePackage()
    {
        WriteForeignLibTorch();
        var application = ProbeApplication.Built.CopyTo(_application.Path, withLibraries: true);
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            File.Delete(Path.Combine(application.LibraryFolder, name));

        var result = await application.RunAsync(["clip-first"], ("LD_LIBRARY_PATH", _foreign.Path));

        Assert.StartsWith("TorchNotFoundException: TorchSharp 0.107.0 needs libtorch 2.10.0, which was not found; in its place the system loaded "
            + $"libtorch 1.13.0 from '{Path.Combine(_foreign.Path, "libtorch_cpu.so.1.13.0")}'. Add the package libtorch-cpu-linux-x64 2.10.0", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task EnsureLoaded_ForeignLibTorchLoadedBefore_NamesBoth()
    {
        WriteForeignLibTorch();
        var application = ProbeApplication.Built.CopyTo(_application.Path, withLibraries: true);

        var result = await application.RunAsync(["after-another-libtorch", Path.Combine(_foreign.Path, "libtorch_cpu.so")]);

        Assert.StartsWith("TorchNotFoundException: TorchSharp 0.107.0 needs libtorch 2.10.0, but libtorch 1.13.0 was loaded from '", result.Output);
        Assert.Contains($"before the application's own at '{application.LibraryFolder}", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void FindIn_Folders_AreSearchedInTheirOrder()
    {
        WriteForeignLibTorch();

        Assert.Equal(Path.Combine(_foreign.Path, "libtorch_cpu.so"), ForeignLibTorch.FindIn($":/nowhere;{_application.Path}:{_foreign.Path}"));
        Assert.Null(ForeignLibTorch.FindIn(_application.Path));
    }

    [Fact]
    public void FindInCache_ListOfTheSystem_GivesTheFullPathOfAFileThatExists()
    {
        WriteForeignLibTorch();
        var library = Path.Combine(_foreign.Path, "libc10.so");
        var cache = Path.Combine(_application.Path, "ld.so.cache");
        File.WriteAllText(cache, $"glibc-ld.so.cache1.1\0\u0001libm.so\0/lib/libm.so\0libtorch_cpu.so\0/nowhere/libtorch_cpu.so\0libc10.so\0{library}\0");

        Assert.Equal(library, ForeignLibTorch.FindInCache(cache));
        Assert.Null(ForeignLibTorch.FindInCache(Path.Combine(_application.Path, "none")));
    }

    [Theory]
    [InlineData("build-version", "2.7.1+cpu\n", "2.7.1+cpu")]
    [InlineData("version.py", "from typing import Optional\n\n__version__ = '2.6.0+cu124'\ndebug = False\n", "2.6.0+cu124")]
    [InlineData("README", "2.6", null)]
    public void VersionOf_FileBesideTheLibraries_IsRead(string name, string content, string? version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_foreign.Path, "lib")).FullName;
        File.WriteAllText(Path.Combine(folder, "libtorch_cpu.so"), "");
        File.WriteAllText(Path.Combine(_foreign.Path, name), content);

        Assert.Equal(version, ForeignLibTorch.VersionOf(Path.Combine(folder, "libtorch_cpu.so")));
    }

    // Links to files with the version in their names, as Debian has them; the name inside, by which others ask, is as in Python's packages.
    private void WriteForeignLibTorch()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loader with LD_LIBRARY_PATH is Linux's.");
        var gomp = Directory.EnumerateFiles(ProbeApplication.Built.LibraryFolder, "libgomp-*").Single();
        File.CreateSymbolicLink(Path.Combine(_foreign.Path, Path.GetFileName(gomp)), gomp);
        var library = Path.Combine(ProbeApplication.Built.LibraryFolder, "libtorch_global_deps.so");
        var nameInside = Encoding.ASCII.GetBytes($"{Path.GetFileName(library)}\0");
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so" })
        {
            var bytes = File.ReadAllBytes(library);
            var place = bytes.AsSpan(bytes.AsSpan().IndexOf(nameInside), nameInside.Length);
            place.Clear();
            Encoding.ASCII.GetBytes(name, place);
            File.WriteAllBytes(Path.Combine(_foreign.Path, $"{name}.1.13.0"), bytes);
            File.CreateSymbolicLink(Path.Combine(_foreign.Path, name), $"{name}.1.13.0");
        }
    }
}
