using System.Globalization;
using Clip.Models;

namespace Clip.ZeroShot.Tests.Documentation;

/// <summary>The program in the package's README, compiled and run, compared with the text between its markers here.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _previous = Directory.GetCurrentDirectory();
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;

    public ReadmeTests()
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Directory.SetCurrentDirectory(_folder.Path);
        TinyClip.Write("clip-model", seed: 1, TinyClip.Config with { Text = TinyClip.Config.Text with { ContextLength = 77 } });
        File.Copy(Fixtures.Find("preprocess", "images", "png_rgb_exact224_224x224.png"), "photo.png");
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_previous);
        CultureInfo.CurrentCulture = _culture;
        _folder.Dispose();
    }

    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        var printed = Capture(() =>
        {
            // <src/Clip.ZeroShot/README.md>
            using var clip = ClipModel.Load("clip-model");                                    // "ViT-B/32", a Hub repository, a folder or a file
            using var classifier = new ZeroShotClassifier(clip, ["tabby cat", "golden retriever", "tea pot"], PromptTemplates.Simple);
            foreach (var (className, probability) in classifier.Classify("photo.png", top: 2))
                Console.WriteLine($"{probability:P0}  {className}");

            classifier.Bank.Save("classes.safetensors");                                      // spares the text tower the work next time
            using var again = new ZeroShotClassifier(clip, ClassBank.Load("classes.safetensors")) { MinSimilarity = 0.22f };
            Console.WriteLine(again.Classify("photo.png") is [] ? "none of these" : "one of these");
            // </src/Clip.ZeroShot/README.md>
        });

        RequireSame("src/Clip.ZeroShot/README.md", printed);
    }

    private static void RequireSame(string file, string printed)
    {
        var readme = File.ReadAllText(Path.Combine(Fixtures.Repository, file)).ReplaceLineEndings("\n");
        var blocks = readme.Split("```");
        var program = Array.Find(blocks, block => block.StartsWith("csharp", StringComparison.Ordinal))!["csharp\n".Length..];
        var output = blocks[Array.FindIndex(blocks, block => block.Contains("prints", StringComparison.Ordinal)) + 1].Trim();

        var source = Path.Combine(Fixtures.Repository, "tests", "Clip.ZeroShot.Tests", "Documentation", "ReadmeTests.cs");
        var here = File.ReadAllText(source).ReplaceLineEndings("\n");
        var begin = here.IndexOf($"// <{file}>\n", StringComparison.Ordinal) + $"// <{file}>\n".Length;
        var code = here[begin..here.IndexOf($"// </{file}>", StringComparison.Ordinal)];

        Assert.Equal(Lines(code), Lines(program).SkipWhile(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var", StringComparison.Ordinal)));
        Assert.Equal(output, printed.ReplaceLineEndings("\n").Trim());
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);

    private static string Capture(Action program)
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
}
