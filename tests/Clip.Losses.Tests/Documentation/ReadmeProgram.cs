namespace Clip.Losses.Tests.Documentation;

/// <summary>The program in a README and what it prints, compared with the same program in a test, between markers.</summary>
internal static class ReadmeProgram
{
    /// <summary>Runs a program and returns what it writes to the console.</summary>
    public static string Capture(Action program)
    {
        var previous = Console.Out;
        using var writer = new StringWriter();
        Console.SetOut(writer);
        try
        {
            program();
        }
        finally
        {
            Console.SetOut(previous);
        }
        return writer.ToString();
    }

    /// <summary>Requires that a README shows the program that stands between <c>// &lt;file&gt;</c> and <c>// &lt;/file&gt;</c> in a test, and what it printed.</summary>
    /// <param name="readme">The README's path in the repository.</param>
    /// <param name="test">The test's path in the repository.</param>
    /// <param name="printed">What the program wrote.</param>
    public static void RequireSame(string readme, string test, string printed)
    {
        var blocks = Read(readme).Split("```");
        var program = Array.Find(blocks, block => block.StartsWith("csharp", StringComparison.Ordinal))!["csharp\n".Length..];
        var output = blocks[Array.FindIndex(blocks, block => block.Trim() == "prints") + 1];

        var source = Read(test);
        var begin = source.IndexOf($"// <{readme}>\n", StringComparison.Ordinal) + $"// <{readme}>\n".Length;
        var code = source[begin..source.IndexOf($"// </{readme}>", StringComparison.Ordinal)];

        Assert.Equal(Lines(code), Lines(program).Where(line => !line.StartsWith("using ", StringComparison.Ordinal) || line.StartsWith("using var", StringComparison.Ordinal)));
        Assert.Equal(Lines(output), Lines(printed));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Fixtures.Repository, path)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
