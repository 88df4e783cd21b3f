using System.Runtime.CompilerServices;
using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Documentation;

/// <summary>The program in the package's README, compiled and run: it is compared with the text between the markers here.</summary>
[Collection(nameof(AllocationTests))]
public class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        var folder = Directory.CreateTempSubdirectory();
        File.Copy(Golden.ImagePath("jpeg_baseline_q85_640x480.jpg"), Path.Combine(folder.FullName, "photo.jpg"));
        var previous = (Folder: Directory.GetCurrentDirectory(), Console.Out);
        using var printed = new StringWriter();
        try
        {
            Directory.SetCurrentDirectory(folder.FullName);
            Console.SetOut(printed);
            // <program>
            var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224));
            var pixels = new float[2 * preprocessor.Length];                        // [2, 3, 224, 224]
            var failures = preprocessor.PreprocessBatch(["photo.jpg", "missing.jpg"], pixels);

            Console.WriteLine($"{preprocessor.Length} numbers per image, the first is {pixels[0]:F4}");
            foreach (var failure in failures)
                Console.WriteLine($"image {failure.Index}: {failure.Error.SourceName} cannot be read");
            // </program>
        }
        finally
        {
            Console.SetOut(previous.Out);
            Directory.SetCurrentDirectory(previous.Folder);
            folder.Delete(recursive: true);
        }
        RequireSame(printed.ToString());
    }

    private static void RequireSame(string printed, [CallerFilePath] string source = "")
    {
        var repository = Path.Combine(Fixtures.Root, "..", "..");
        var blocks = File.ReadAllText(Path.Combine(repository, "src", "Clip.Preprocessing", "README.md")).ReplaceLineEndings("\n").Split("```");
        // A deterministic build does not record where the sources are.
        if (!File.Exists(source))
            source = Path.Combine(repository, "tests", "Clip.Preprocessing.Tests", "Documentation", "ReadmeTests.cs");
        var here = File.ReadAllText(source).ReplaceLineEndings("\n").Split("program>\n");

        var program = Lines(blocks[3]["csharp\n".Length..]).SkipWhile(line => line.StartsWith("using ", StringComparison.Ordinal));
        Assert.Equal(Lines(here[1]).SkipLast(1), program);
        Assert.Equal(blocks[5].Trim(), printed.ReplaceLineEndings("\n").Trim());
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
}
