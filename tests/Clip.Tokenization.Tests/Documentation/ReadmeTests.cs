using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Documentation;

/// <summary>The program of the package's README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_PrintsWhatItSays()
    {
        var vocabulary = PublishedVocabulary.RequireFolder();
        var readme = File.ReadAllText(Path.Combine(Fixtures.Root, "..", "..", "src", "Clip.Tokenization", "README.md")).ReplaceLineEndings("\n");
        var blocks = readme.Split("```");
        var program = blocks.Single(block => block.StartsWith("csharp", StringComparison.Ordinal));

        using var output = new StringWriter { NewLine = "\n" };
        var tokenizer = ClipTokenizer.Load(vocabulary);
        long[] row = tokenizer.Tokenize("The cafÃ©’s “best” latte");
        output.WriteLine(tokenizer.Clean("The cafÃ©’s “best” latte"));
        output.WriteLine(string.Join(" ", row[..12]));
        output.WriteLine(tokenizer.Decode(tokenizer.EncodeToIds("A photo of a CAT")));

        Assert.Contains("""tokenizer.Tokenize("The cafÃ©’s “best” latte")""", program, StringComparison.Ordinal);
        Assert.Contains("""tokenizer.Decode(tokenizer.EncodeToIds("A photo of a CAT"))""", program, StringComparison.Ordinal);
        Assert.Equal(Lines(blocks[Array.IndexOf(blocks, program) + 2]), Lines(output.ToString()));
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
