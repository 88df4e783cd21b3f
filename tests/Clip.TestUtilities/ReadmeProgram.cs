using System.Globalization;
using Xunit;

namespace Clip.TestUtilities;

/// <summary>The program of a README file, run as a test: it must be the one between markers in the test's source, and print what the file says.</summary>
/// <remarks>
/// The README has its program in the first block marked as csharp and its output in the first block after it. The test has the
/// program, without its usings, between <c>// &lt;src/X/README.md&gt;</c> and <c>// &lt;/src/X/README.md&gt;</c>.
/// </remarks>
public static class ReadmeProgram
{
    /// <summary>Runs the program in a folder of its own, in the invariant culture, and compares.</summary>
    /// <param name="readme">The file, from the repository's root.</param>
    /// <param name="testSource">The test's own source file, from the repository's root.</param>
    /// <param name="program">The program as it is compiled in the test.</param>
    /// <param name="prepare">Puts what the program needs into its folder; null where it needs nothing.</param>
    public static void Verify(string readme, string testSource, Action program, Action<string>? prepare = null)
    {
        var blocks = Read(readme).Split("```");
        var first = Array.FindIndex(blocks, block => block.StartsWith("csharp\n", StringComparison.Ordinal));
        Assert.Equal(Lines(Between(Read(testSource), readme)), Lines(blocks[first]["csharp\n".Length..]).SkipWhile(IsUsing));
        Assert.Equal(Lines(blocks[first + 2]), Lines(Run(program, prepare)));
    }

    private static string Run(Action program, Action<string>? prepare)
    {
        using var folder = new TemporaryFolder();
        using var printed = new StringWriter();
        var previous = (Folder: Directory.GetCurrentDirectory(), Console.Out, Culture: CultureInfo.CurrentCulture);
        prepare?.Invoke(folder.Path);
        try
        {
            Directory.SetCurrentDirectory(folder.Path);
            Console.SetOut(printed);
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            program();
        }
        finally
        {
            CultureInfo.CurrentCulture = previous.Culture;
            Console.SetOut(previous.Out);
            Directory.SetCurrentDirectory(previous.Folder);
        }
        return printed.ToString();
    }

    private static bool IsUsing(string line) =>
        line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var", StringComparison.Ordinal);

    private static string Between(string source, string marker)
    {
        var begin = source.IndexOf($"// <{marker}>\n", StringComparison.Ordinal);
        var end = source.IndexOf($"// </{marker}>\n", StringComparison.Ordinal);
        Assert.True(begin >= 0 && end > begin, $"The test has no markers for {marker}.");
        return source[source.IndexOf('\n', begin)..end];
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Fixtures.Repository, file)).ReplaceLineEndings("\n");

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
