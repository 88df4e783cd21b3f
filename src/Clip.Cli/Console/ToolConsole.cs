using System.Text;
using Spectre.Console;

namespace Clip.Cli;

/// <summary>Where a command reads and writes: the process's streams, or a test's.</summary>
internal sealed class ToolConsole
{
    private readonly Lazy<IAnsiConsole> _outputTerminal;
    private readonly Lazy<IAnsiConsole> _errorTerminal;

    /// <summary>Creates a console.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output: results.</param>
    /// <param name="error">Standard error: errors, notes and progress.</param>
    /// <param name="isOutputTerminal">Whether results are read by a person now, as tables.</param>
    /// <param name="isErrorTerminal">Whether progress can be drawn.</param>
    public ToolConsole(Stream input, TextWriter output, TextWriter error, bool isOutputTerminal = false, bool isErrorTerminal = false)
    {
        Input = input;
        Output = output;
        Error = error;
        IsOutputTerminal = isOutputTerminal;
        IsErrorTerminal = isErrorTerminal;
        _outputTerminal = new(() => Terminal(output));
        _errorTerminal = new(() => Terminal(error));
    }

    public Stream Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool IsOutputTerminal { get; }

    public bool IsErrorTerminal { get; }

    /// <summary>Standard output for tables; only where it is a terminal.</summary>
    public IAnsiConsole OutputTerminal => _outputTerminal.Value;

    /// <summary>Standard error for progress; only where it is a terminal.</summary>
    public IAnsiConsole ErrorTerminal => _errorTerminal.Value;

    /// <summary>The console of this process: UTF-8 without a mark, buffered where it is redirected.</summary>
    public static ToolConsole OfProcess()
    {
        var isOutputTerminal = !System.Console.IsOutputRedirected;
        var isErrorTerminal = !System.Console.IsErrorRedirected;
        if (OperatingSystem.IsWindows() && (isOutputTerminal || isErrorTerminal))
            System.Console.OutputEncoding = Encoding.UTF8;
        var output = isOutputTerminal ? System.Console.Out : Redirected(System.Console.OpenStandardOutput(), autoFlush: false);
        var error = isErrorTerminal ? System.Console.Error : Redirected(System.Console.OpenStandardError(), autoFlush: true);
        return new ToolConsole(System.Console.OpenStandardInput(), output, error, isOutputTerminal, isErrorTerminal);
    }

    /// <summary>Writes one line to standard error: an error, or a note on what the result does not hold.</summary>
    /// <param name="message">Plain text; line breaks become spaces and other control characters are shown, not sent.</param>
    public void Report(string message)
    {
        var line = "clip: " + PlainText.OneLine(message);
        if (IsErrorTerminal)
            ErrorTerminal.WriteLine(line);          // through Spectre, which moves a progress bar out of the way
        else
            lock (Error)
                Error.WriteLine(line);
    }

    private static StreamWriter Redirected(Stream stream, bool autoFlush) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16) { AutoFlush = autoFlush };

    private static IAnsiConsole Terminal(TextWriter writer) =>
        // Bars are drawn also where standard input is a file.
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Interactive = InteractionSupport.Yes });
}
