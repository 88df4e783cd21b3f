using Clip.Models;

namespace Clip.ZeroShot.Tests.Documentation;

/// <summary>The program of the package's README, compiled and run.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        ReadmeProgram.Verify(
            "src/Clip.ZeroShot/README.md",
            "tests/Clip.ZeroShot.Tests/Documentation/ReadmeTests.cs",
            () =>
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
            },
            folder =>
            {
                TinyClip.Write(Path.Combine(folder, "clip-model"), seed: 1, TinyClip.Config with { InitialLogitScale = Math.Log(100), Text = TinyClip.Config.Text with { ContextLength = 77 } });
                File.Copy(Fixtures.Find("preprocess", "images", "png_rgb_exact224_224x224.png"), Path.Combine(folder, "photo.png"));
            });
    }

    [Fact]
    public void Readme_Program_RunsAndPrintsWhatItSays()
    {
        ReadmeProgram.Verify(
            "README.md",
            "tests/Clip.ZeroShot.Tests/Documentation/ReadmeTests.cs",
            () =>
            {
                // <README.md>
                using var clip = ClipModel.Load("models/shapes");                    // a folder, a file, a Hub repository, or a name such as "ViT-B/32"
                using var classifier = new ZeroShotClassifier(clip, ["red circle", "blue star", "purple hourglass", "yellow heart"]);
                foreach (var (className, probability) in classifier.Classify("samples/QuickStart/pictures/01.png", top: 2))
                    Console.WriteLine($"{probability:P0}  {className}");
                // </README.md>
            },
            folder =>
            {
                // The program runs in the repository's root; here in a folder with what it reads.
                foreach (var part in (string[])["models/shapes", "samples/QuickStart/pictures"])
                {
                    Directory.CreateDirectory(Path.Combine(folder, part));
                    foreach (var file in Directory.GetFiles(Path.Combine(Fixtures.Repository, part)))
                        File.Copy(file, Path.Combine(folder, part, Path.GetFileName(file)));
                }
            });
    }
}
