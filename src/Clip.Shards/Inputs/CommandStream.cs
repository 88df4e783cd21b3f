using System.Diagnostics;
using Clip.Shared;

namespace Clip.Shards.Inputs;

/// <summary>The standard output of a command that the user wrote, run by the system's shell.</summary>
/// <remarks>Its end is the end only if the command says so: another exit code than 0 makes it an error, whatever has come before.</remarks>
internal sealed class CommandStream : ReadOnlyStream
{
    private readonly string _command;
    private readonly Process _process;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _cancellationToken;
    private bool _hasEnded;

    /// <summary>Starts the command.</summary>
    /// <param name="command">A line for the shell.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public CommandStream(string command, CancellationToken cancellationToken)
    {
        (_command, _cancellationToken) = (command, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe") { Arguments = $"/d /s /c \"{command}\"" }
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        (start.RedirectStandardOutput, start.RedirectStandardInput) = (true, true);
        _process = Process.Start(start) ?? throw new IOException("The shell does not start.");
        _process.StandardInput.Close();
        _registration = cancellationToken.Register(Kill);
    }

    public override int Read(Span<byte> buffer)
    {
        var count = _process.StandardOutput.BaseStream.Read(buffer);
        _cancellationToken.ThrowIfCancellationRequested();
        if (count > 0 || buffer.Length == 0 || _hasEnded)
            return count;
        _process.WaitForExit();
        _cancellationToken.ThrowIfCancellationRequested();
        if (_process.ExitCode != 0)
            throw new IOException($"The command '{_command}' ended with exit code {_process.ExitCode}.");
        _hasEnded = true;
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _registration.Dispose();
            if (!_hasEnded)
                Kill();
            _process.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
