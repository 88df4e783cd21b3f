using Clip.Preprocessing.Tests.Support;

namespace Clip.Preprocessing.Tests.Documentation;

[Collection(nameof(AllocationTests))]
public sealed class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays() => ReadmeProgram.Verify(
        "src/Clip.Preprocessing/README.md",
        "tests/Clip.Preprocessing.Tests/Documentation/ReadmeTests.cs",
        () =>
        {
            // <src/Clip.Preprocessing/README.md>
            var preprocessor = new ImagePreprocessor(PreprocessingConfig.OpenAI(224));
            var pixels = new float[2 * preprocessor.Length];                        // [2, 3, 224, 224]
            var failures = preprocessor.PreprocessBatch(["photo.jpg", "missing.jpg"], pixels);

            Console.WriteLine($"{preprocessor.Length} numbers per image, the first is {pixels[0]:F4}");
            foreach (var failure in failures)
                Console.WriteLine($"image {failure.Index}: {failure.Error.SourceName} cannot be read");
            // </src/Clip.Preprocessing/README.md>
        },
        prepare: folder => File.Copy(Golden.ImagePath("jpeg_baseline_q85_640x480.jpg"), Path.Combine(folder, "photo.jpg")));
}
