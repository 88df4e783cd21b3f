using System.ComponentModel;
using System.Diagnostics;

namespace Emoji.Packages;

/// <summary>Downloads archives by <c>npm pack</c>, from whichever registry npm is configured for.</summary>
/// <param name="command">The program.</param>
internal sealed class NpmClient(string command)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public NpmClient()
        : this(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
    {
    }

    /// <summary>Downloads the archive of a package; none of its scripts run.</summary>
    /// <param name="package">The package.</param>
    /// <param name="folder">An empty folder for the archive.</param>
    /// <param name="cancellationToken">Ends npm.</param>
    /// <returns>The path of the archive.</returns>
    /// <exception cref="IOException">npm is not there, fails, takes too long or leaves no archive; the message says what it wrote.</exception>
    public async Task<string> PackAsync(NpmPackage package, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command, ["pack", "--silent", "--ignore-scripts", package.Specifier])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Start(start);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await output;
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
                throw new IOException($"npm could not download {package.Specifier} (exit code {process.ExitCode}): {errors.Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new IOException($"npm did not download {package.Specifier} within {Patience.TotalMinutes:F0} minutes. Is its registry reachable?");
        }
        return Directory.EnumerateFiles(folder, "*.tgz").SingleOrDefault()
            ?? throw new IOException($"npm left no archive of {package.Specifier} in '{folder}'.");
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new IOException($"'{command}' does not start.");
        }
        catch (Win32Exception e)
        {
            throw new IOException($"'{command}' does not start: {e.Message}. Install Node.js, whose npm downloads the images and words.", e);
        }
    }
}
