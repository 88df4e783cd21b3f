namespace Clip.Cli;

/// <summary>Breaks text into lines between its words.</summary>
internal static class Words
{
    /// <summary>The words of a sentence.</summary>
    /// <param name="text">The sentence.</param>
    public static IEnumerable<string> Of(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The words of a command line as shells read them: what stands in quotes is one.</summary>
    /// <param name="commandLine">The command line.</param>
    public static IEnumerable<string> OfCommandLine(string commandLine)
    {
        for (var start = 0; start < commandLine.Length;)
        {
            var end = EndOfWord(commandLine, start);
            if (end > start)
                yield return commandLine[start..end];
            start = end + 1;
        }
    }

    /// <summary>The lines. A word is never cut: one that is too long has a line of its own.</summary>
    /// <param name="words">The words.</param>
    /// <param name="width">The longest line, its ending included.</param>
    /// <param name="ending">What stands at the end of all lines but the last.</param>
    public static IEnumerable<string> Wrap(IEnumerable<string> words, int width, string ending = "")
    {
        var line = "";
        foreach (var word in words)
        {
            if (line.Length > 0 && line.Length + 1 + word.Length + ending.Length > width)
            {
                yield return line + ending;
                line = "";
            }
            line += line.Length == 0 ? word : " " + word;
        }
        yield return line;
    }

    private static int EndOfWord(string commandLine, int start)
    {
        var quote = '\0';
        for (var i = start; i < commandLine.Length; i++)
        {
            if (quote != '\0')
                quote = commandLine[i] == quote ? '\0' : quote;
            else if (commandLine[i] is '"' or '\'')
                quote = commandLine[i];
            else if (char.IsWhiteSpace(commandLine[i]))
                return i;
        }
        return commandLine.Length;
    }
}
