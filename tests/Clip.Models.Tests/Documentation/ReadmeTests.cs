namespace Clip.Models.Tests.Documentation;

public sealed class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays() => ReadmeProgram.Verify(
        "src/Clip.Models/README.md",
        "tests/Clip.Models.Tests/Documentation/ReadmeTests.cs",
        () =>
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
}
