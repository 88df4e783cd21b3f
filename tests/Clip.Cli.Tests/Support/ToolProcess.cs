using System.Diagnostics;

namespace Clip.Cli.Tests.Support;

/// <summary>The tool in a process of its own, started with the same dotnet as these tests.</summary>
internal sealed class ToolProcess : IDisposable
{
    private readonly Process _process;

    public ToolProcess(params string[] arguments)
        : this(InterruptDisposition.Default, arguments)
    {
    }

    /// <summary>Starts the tool.</summary>
    /// <param name="interrupt">What Ctrl-C does to the process, as far as its parent decides.</param>
    /// <param name="arguments">The command line.</param>
    public ToolProcess(InterruptDisposition interrupt, params string[] arguments)
        : this([], interrupt, arguments)
    {
    }

    private ToolProcess(string[] launcher, InterruptDisposition interrupt, string[] arguments)
    {
        var start = DotnetProcess.Describe(typeof(ClipTool).Assembly.Location, arguments);
        if (launcher.Length > 0)
            start = new ProcessStartInfo(launcher[0], [.. launcher[1..], start.FileName, .. start.ArgumentList]) { RedirectStandardOutput = true };
        (start.RedirectStandardInput, start.RedirectStandardError) = (true, true);
        _process = Signals.StartWith(interrupt, start);
    }

    /// <summary>Starts the tool by another program, which gets its command line behind its own.</summary>
    /// <param name="launcher">That program and its arguments.</param>
    /// <param name="arguments">The command line of the tool.</param>
    public static ToolProcess StartBy(string[] launcher, params string[] arguments) => new(launcher, InterruptDisposition.Default, arguments);

    /// <summary>Standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Standard output.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Sends a signal.</summary>
    public void Send(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Waits for the end.</summary>
    public async Task<ToolRun> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        var (output, error) = (Output.ReadToEndAsync(patience.Token), _process.StandardError.ReadToEndAsync(patience.Token));
        await _process.WaitForEndAsync();
        return new ToolRun(_process.ExitCode, await output, await error);
    }

    /// <summary>Waits for the end of a tool whose output is closed.</summary>
    public async Task<(int ExitCode, string Error)> EndWithoutOutputAsync()
    {
        var error = _process.StandardError.ReadToEndAsync(Patience.Token);
        await _process.WaitForEndAsync();
        return (_process.ExitCode, (await error).ReplaceLineEndings("\n"));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
