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
    {
        var start = DotnetProcess.Describe(typeof(ClipTool).Assembly.Location, arguments);
        (start.RedirectStandardInput, start.RedirectStandardError) = (true, true);
        _process = Signals.StartWith(interrupt, start);
    }

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

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
