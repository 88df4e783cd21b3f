using System.Text;
using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Training;

/// <summary>Options in a file: a line "name = value" for each, blank lines, and comments, which are lines that start with '#'.</summary>
internal static class SettingsFile
{
    // A hundred options with paths are a few kilobytes.
    private const long MostBytes = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="FailureException">There is no such file, or it is no text of a sensible size.</exception>
    /// <exception cref="UsageException">A line is not of this form; the message has its number.</exception>
    public static IReadOnlyList<Setting> Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new FailureException($"There is no options file '{path}'.");
        if (RegularFile.FindProblem(path) is { } problem)
            throw new FailureException($"'{path}' {problem}");
        if (file.Length > MostBytes)
            throw new FailureException($"'{path}' has {file.Length:N0} bytes; a file of options has at most {MostBytes:N0}.");
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (DecoderFallbackException e)
        {
            throw new FailureException($"'{path}' is not text in UTF-8.", e);
        }
        return [.. lines.Select((text, index) => Parse(text.Trim(), $"'{path}', line {index + 1}")).OfType<Setting>()];
    }

    /// <summary>Writes a file that <see cref="Read"/> reads; it appears when it is complete.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="comment">The first line.</param>
    /// <param name="settings">The options.</param>
    public static void Write(string path, string comment, IEnumerable<Setting> settings)
    {
        using var output = OutputFile.Create(path);
        using (var writer = new StreamWriter(output.Stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            writer.WriteLine($"# {comment}");
            foreach (var setting in settings)
                writer.WriteLine($"{setting.Name} = {setting.Value}");
        }
        output.Commit();
    }

    private static Setting? Parse(string text, string place)
    {
        if (text.Length == 0 || text.StartsWith('#'))
            return null;
        var split = text.IndexOf('=', StringComparison.Ordinal);
        if (split < 0)
            throw new UsageException($"{place}: a line is 'name = value' or a comment that starts with '#', but this is '{text}'.");
        var (name, value) = (text[..split].TrimEnd(), text[(split + 1)..].TrimStart());
        if (name.Length == 0 || value.Length == 0)
            throw new UsageException($"{place}: there is no {(name.Length == 0 ? "name before" : "value behind")} the '='.");
        return new Setting(name, value, place);
    }
}
