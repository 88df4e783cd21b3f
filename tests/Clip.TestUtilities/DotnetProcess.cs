using System.Diagnostics;

namespace Clip.TestUtilities;

/// <summary>Applications that tests start in processes of their own, with the same dotnet as the tests.</summary>
public static class DotnetProcess
{
    /// <summary>How to start an application, its standard output redirected.</summary>
    /// <param name="assembly">Its assembly.</param>
    /// <param name="arguments">Its command line.</param>
    public static ProcessStartInfo Describe(string assembly, params IEnumerable<string> arguments)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return new ProcessStartInfo(dotnet, ["exec", assembly, .. arguments]) { RedirectStandardOutput = true };
    }

    /// <summary>Waits for the end of a process, and kills one that does not end.</summary>
    /// <exception cref="TimeoutException">It did not end within <see cref="Patience.Limit"/>.</exception>
    public static async Task WaitForEndAsync(this Process process)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The process did not end within {Patience.Limit}.");
        }
    }
}
