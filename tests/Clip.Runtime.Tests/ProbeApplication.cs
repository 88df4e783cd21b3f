using System.Diagnostics;
using System.Reflection;

namespace Clip.Runtime.Tests;

/// <summary>The small application beside these tests, or a copy of it, started in processes of its own.</summary>
public sealed class ProbeApplication
{
    private const string AssemblyName = "Clip.Runtime.Probe.dll";

    private readonly string _folder;

    private ProbeApplication(string folder) => _folder = folder;

    /// <summary>The application as it was built.</summary>
    public static ProbeApplication Built { get; } = new(typeof(ProbeApplication).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ProbeFolder").Value!);

    /// <summary>Its assembly.</summary>
    public string Assembly => Path.Combine(_folder, AssemblyName);

    /// <summary>Copies the application, with links to its native libraries or without any.</summary>
    /// <param name="target">An empty folder.</param>
    /// <param name="withLibraries">Whether the copy gets the native libraries.</param>
    public ProbeApplication CopyTo(string target, bool withLibraries)
    {
        foreach (var file in Directory.EnumerateFiles(_folder).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));

        var copy = new ProbeApplication(target);
        if (withLibraries)
        {
            Directory.CreateDirectory(copy.LibraryFolder);
            foreach (var library in Directory.EnumerateFiles(LibraryFolder))
                File.CreateSymbolicLink(Path.Combine(copy.LibraryFolder, Path.GetFileName(library)), library);
        }
        return copy;
    }

    /// <summary>Where the application has its native libraries.</summary>
    public string LibraryFolder => Path.Combine(_folder, "runtimes", "linux-x64", "native");

    /// <summary>Runs the application to its end.</summary>
    /// <param name="arguments">The probe and its arguments.</param>
    /// <param name="environment">Variables to set.</param>
    public async Task<ProbeResult> RunAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = DotnetProcess.Describe(Assembly, arguments);
        start.RedirectStandardError = true;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForEndAsync();
        return new(process.ExitCode, await output, await error);
    }
}

/// <summary>What the application left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to the console.</param>
/// <param name="Error">What it wrote to the error stream.</param>
public sealed record ProbeResult(int ExitCode, string Output, string Error);
