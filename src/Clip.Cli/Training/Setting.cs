namespace Clip.Cli.Training;

/// <summary>One option of a training run, wherever it was given.</summary>
/// <param name="Name">The option's name without dashes.</param>
/// <param name="Value">Its value, as it would stand on the command line.</param>
/// <param name="Place">Where it stands, for errors.</param>
internal sealed record Setting(string Name, string Value, string Place);
