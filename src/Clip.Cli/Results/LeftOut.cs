namespace Clip.Cli;

/// <summary>An input that could not be used, for the JSON of a result.</summary>
/// <param name="Input">The path, or the place of a line.</param>
/// <param name="Error">Why.</param>
internal sealed record LeftOut(string Input, string Error)
{
    /// <summary>Writes a line to standard error and remembers the input.</summary>
    public static LeftOut Report(ToolConsole console, string input, Exception error)
    {
        console.Report(error.Message);
        return new LeftOut(input, error.Message);
    }
}
