namespace Clip.Cli.Commands;

/// <summary>The commands, in the order of the help.</summary>
internal static class CommandList
{
    /// <summary>Creates them all.</summary>
    /// <param name="console">Where they read and write.</param>
    public static IEnumerable<ToolCommand> Create(ToolConsole console) =>
    [
        new ClassifyCommand(console),
        new CaptionCommand(console),
        new ExplainCommand(console),
        new EmbedCommand(console),
        new SearchCommand(console),
        new EvaluateCommand(console),
        new TrainCommand(console),
        new ModelsCommand(console),
        new DownloadCommand(console),
        new TokenizeCommand(console),
        new PreprocessCommand(console),
        new InspectCommand(console),
        new ConvertCommand(console),
        new DoctorCommand(console),
    ];
}
