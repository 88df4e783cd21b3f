using System.Text;
using Spectre.Console;

namespace Clip.Cli;

/// <summary>Where a command reads and writes: the process's streams, or a test's.</summary>
internal sealed class ToolConsole
{
    private readonly Lazy<IAnsiConsole> _outputTerminal;
    private readonly Lazy<IAnsiConsole> _errorTerminal;
    private OutputLoss? _loss;

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
        _outputTerminal = new(() => Terminal(output, Width));
        _errorTerminal = new(() => Terminal(error, Width));
    }

    public Stream Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public bool IsOutputTerminal { get; }

    public bool IsErrorTerminal { get; }

    /// <summary>Characters in a line of the terminal; null where there is none.</summary>
    public int? Width { get; init; }

    /// <summary>What was asked of the command while it runs: to end.</summary>
    public Interruption Interruption { get; init; } = new();

    /// <summary>Why the first stream that could not be written to is lost; null while both can be.</summary>
    public OutputLoss? Loss => _loss;

    /// <summary>Standard output for tables; only where it is a terminal.</summary>
    public IAnsiConsole OutputTerminal => _outputTerminal.Value;

    /// <summary>Standard error for progress; only where it is a terminal.</summary>
    public IAnsiConsole ErrorTerminal => _errorTerminal.Value;

    /// <summary>The console of this process: UTF-8 without a mark, buffered where it is redirected.</summary>
    /// <param name="interruption">Ends the command when a stream is lost.</param>
    /// <param name="isLaunched">Whether the process is one of several, whose terminals are a launcher's.</param>
    public static ToolConsole OfProcess(Interruption interruption, bool isLaunched = false)
    {
        var isOutputTerminal = !System.Console.IsOutputRedirected && !isLaunched;
        var isErrorTerminal = !System.Console.IsErrorRedirected && !isLaunched;
        if (OperatingSystem.IsWindows() && (isOutputTerminal || isErrorTerminal))
            System.Console.OutputEncoding = Encoding.UTF8;
        return Create(
            System.Console.OpenStandardInput(),
            isOutputTerminal ? null : new StandardStream(StandardStream.Output),
            isErrorTerminal ? null : new StandardStream(StandardStream.Error),
            interruption);
    }

    /// <summary>A console of streams.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output; null for the terminal.</param>
    /// <param name="error">Standard error; null for the terminal.</param>
    /// <param name="interruption">Ends the command when a stream is lost.</param>
    public static ToolConsole Create(Stream input, Stream? output, Stream? error, Interruption interruption)
    {
        ToolConsole? console = null;
        console = new ToolConsole(
            input,
            output is null ? System.Console.Out : Redirected(output, OutputLoss.Output, autoFlush: false),
            error is null ? System.Console.Error : Redirected(error, OutputLoss.Error, autoFlush: true),
            isOutputTerminal: output is null,
            isErrorTerminal: error is null)
        {
            Interruption = interruption,
            Width = output is null || error is null ? WindowWidth() : null,
        };
        return console;

        StreamWriter Redirected(Stream stream, string name, bool autoFlush) => new(
            new LosableStream(stream, e => console!.Lose(new OutputLoss(name, e))),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16)
        { AutoFlush = autoFlush };
    }

    /// <summary>Writes one line to standard error: an error, or a note on what the result does not hold.</summary>
    /// <param name="message">Plain text; line breaks become spaces and other control characters are shown, not sent.</param>
    public void Report(string message)
    {
        var line = "clip: " + PlainText.OneLine(Wording.Translate(message));
        if (IsErrorTerminal)
            ErrorTerminal.WriteLine(line);          // through Spectre, which moves a progress bar out of the way
        else
            lock (Error)
                Error.WriteLine(line);
    }

    // Nobody sees what the command would still do, or not all of it: it ends, as after Ctrl-C.
    private void Lose(OutputLoss loss)
    {
        if (Interlocked.CompareExchange(ref _loss, loss, null) is not null)
            return;
        if (!loss.IsClosed && loss.Stream == OutputLoss.Output)
            Report(loss.Message);
        Interruption.Request(loss.ExitCode);
    }

    private static IAnsiConsole Terminal(TextWriter writer, int? width)
    {
        // Bars are drawn also where standard input is a file.
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Interactive = InteractionSupport.Yes });
        if (width is { } characters)
            terminal.Profile.Width = characters;
        return terminal;
    }

    // Terminals that do not know their width say 0, or nothing.
    private static int? WindowWidth()
    {
        try
        {
            return System.Console.WindowWidth is > 0 and var width ? width : null;
        }
        catch (Exception exception) when (exception is IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }
}
