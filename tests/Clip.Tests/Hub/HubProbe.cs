using System.Diagnostics;
using System.Reflection;
using Clip.Tests.Hub.Server;

namespace Clip.Tests.Hub;

/// <summary>The small application beside these tests, which downloads one file in a process of its own.</summary>
public static class HubProbe
{
    private static readonly string Assembly = Path.Combine(
        typeof(HubProbe).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "HubProbeFolder").Value!,
        "Clip.Hub.Probe.dll");

    /// <summary>Starts a download; the caller kills the process or reads its output, and disposes it.</summary>
    public static Process Start(HubWorld world, string file)
    {
        var start = DotnetProcess.Describe(Assembly, world.Server.Address, world.CacheFolder, FakeHub.Repository, file);
        start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end and gives the path that the process wrote.</summary>
    public static async Task<string> FinishAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForEndAsync();
        Assert.True(process.ExitCode == 0, await error);
        return (await output).Trim();
    }
}
