using System.Diagnostics;
using System.Xml.Linq;

namespace Clip.Runtime.Tests;

/// <summary>What the targets that applications import say of native code, in which TorchSharp does not work.</summary>
public sealed class NativeAotTests
{
    [Theory]
    [InlineData("Exe")]
    [InlineData("WinExe")]
    public async Task Build_NativeAot_SaysWhyAndWhatToDo(string kind)
    {
        var (code, output) = await RunAsync("-p:PublishAot=true", $"-p:OutputType={kind}");

        Assert.NotEqual(0, code);
        Assert.Contains("error CLIP001: PublishAot is not possible with TorchSharp", output, StringComparison.Ordinal);
        Assert.Contains("PublishReadyToRun", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p:OutputType=Exe")]
    [InlineData("-p:OutputType=Exe", "-p:PublishAot=false")]
    [InlineData("-p:OutputType=Exe", "-p:PublishAot=true", "-p:ClipAllowNativeAot=true")]
    [InlineData("-p:OutputType=Library", "-p:PublishAot=true")]
    public async Task Build_Others_AreLetThrough(params string[] properties)
    {
        var (code, output) = await RunAsync(properties);

        Assert.True(code == 0, output);
    }

    // A project with nothing in it but the targets: neither the SDK nor a package is needed to ask them.
    private static async Task<(int Code, string Output)> RunAsync(params string[] properties)
    {
        using var folder = new TemporaryFolder();
        var project = folder.File("application.proj");
        new XElement(
            "Project",
            new XElement("Import", new XAttribute("Project", Path.Combine(AppContext.BaseDirectory, "Clip.Runtime.targets"))),
            new XElement("Target", new XAttribute("Name", "BeforeBuild"))).Save(project);
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-t:BeforeBuild", "-nologo", "-nodeReuse:false", .. properties])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder.Path,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForEndAsync();
        return (process.ExitCode, output);
    }
}
