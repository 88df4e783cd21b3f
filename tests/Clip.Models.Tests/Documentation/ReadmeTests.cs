namespace Clip.Models.Tests.Documentation;

/// <summary>The programs in the README files, compiled and run: each is compared with the text between its markers here.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _previous = Directory.GetCurrentDirectory();

    public ReadmeTests() => Directory.SetCurrentDirectory(_folder.Path);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_previous);
        _folder.Dispose();
    }

    [Fact]
    public void Readme_Program_RunsAndPrintsWhatItSays()
    {
        var printed = Capture(() =>
        {
            // <README.md>
            manual_seed(0);
            using var fresh = new DualEncoder(DualEncoderConfig.ViTB32);
            fresh.Export("vit-b-32", WeightLayout.HuggingFace);              // config.json and model.safetensors

            using var clip = DualEncoder.Load("vit-b-32");                   // any published folder or file
            using var inference = inference_mode();
            using var images = clip.EncodeImages(randn(2, 3, 224, 224));
            using var texts = clip.EncodeTexts(ones(3, 77, dtype: ScalarType.Int64));
            Console.WriteLine(string.Join(", ", clip.GetLogits(images, texts).shape));
            // </README.md>
        });

        RequireSame("README.md", printed);
    }

    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        var printed = Capture(() =>
        {
            // <src/Clip.Models/README.md>
            manual_seed(0);
            using var fresh = new DualEncoder(DualEncoderConfig.RN50);
            fresh.Export("rn50", WeightLayout.Native);

            using var clip = DualEncoder.Load("rn50");
            using var inference = inference_mode();
            using var images = clip.EncodeImages(randn(2, 3, 224, 224), normalize: true);
            Console.WriteLine($"{images.shape[0]} embeddings of {images.shape[1]} channels, length {images[0].norm().item<float>():F3}");
            // </src/Clip.Models/README.md>
        });

        RequireSame("src/Clip.Models/README.md", printed);
    }

    private static void RequireSame(string file, string printed)
    {
        var readme = File.ReadAllText(Path.Combine(Fixtures.Repository, file)).ReplaceLineEndings("\n");
        var blocks = readme.Split("```");
        var program = Array.Find(blocks, block => block.StartsWith("csharp", StringComparison.Ordinal))!["csharp\n".Length..];
        var output = blocks[Array.FindIndex(blocks, block => block.Contains("prints", StringComparison.Ordinal)) + 1].Trim();

        var source = Path.Combine(Fixtures.Repository, "tests", "Clip.Models.Tests", "Documentation", "ReadmeTests.cs");
        var here = File.ReadAllText(source).ReplaceLineEndings("\n");
        var begin = here.IndexOf($"// <{file}>\n", StringComparison.Ordinal) + $"// <{file}>\n".Length;
        var code = here[begin..here.IndexOf($"// </{file}>", StringComparison.Ordinal)];

        Assert.Equal(Lines(code), Lines(program).SkipWhile(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("using var", StringComparison.Ordinal)));
        Assert.Equal(output, printed.Trim());
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
