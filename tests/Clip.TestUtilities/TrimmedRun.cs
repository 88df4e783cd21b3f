using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Clip.TestUtilities;

/// <summary>Runs tests of an assembly once more in a process whose JSON serializer has no reflection, as in applications that are trimmed.</summary>
public static class TrimmedRun
{
    private const string Switch = "System.Text.Json.JsonSerializer.IsReflectionEnabledByDefault";

    /// <summary>Requires that the tests of some classes pass there.</summary>
    /// <param name="classes">The classes of tests, all of one assembly.</param>
    public static async Task PassesAsync(params Type[] classes)
    {
        var assembly = classes[0].Assembly.Location;
        using var folder = new TemporaryFolder();
        var settings = JsonNode.Parse(File.ReadAllBytes(Path.ChangeExtension(assembly, ".runtimeconfig.json")))!.AsObject();
        var options = settings["runtimeOptions"]!.AsObject();
        var properties = options["configProperties"]?.AsObject() ?? [];
        properties[Switch] = false;
        options["configProperties"] = properties.DeepClone();
        var path = folder.Write("trimmed.runtimeconfig.json", Encoding.UTF8.GetBytes(settings.ToJsonString()));

        var start = DotnetProcess.Describe(assembly, ["-noLogo", "-noColor", .. classes.SelectMany(type => new[] { "-class", type.FullName! })]);
        start.ArgumentList.Insert(1, "--runtimeconfig");
        start.ArgumentList.Insert(2, path);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForEndAsync();

        Assert.True(process.ExitCode == 0, output);
        Assert.Matches(@"Total: [1-9]\d*, Errors: 0, Failed: 0", output);
    }
}
