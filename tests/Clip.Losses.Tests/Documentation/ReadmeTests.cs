namespace Clip.Losses.Tests.Documentation;

public sealed class ReadmeTests
{
    [Fact]
    public void PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        ReadmeProgram.Verify("src/Clip.Losses/README.md", "tests/Clip.Losses.Tests/Documentation/ReadmeTests.cs", () =>
        {
            // <src/Clip.Losses/README.md>
            manual_seed(0);
            using var images = randn(1000, 64, requires_grad: true);          // one row per image, of any length
            using var texts = randn(1000, 64, requires_grad: true);           // row i belongs to image i
            using var scale = tensor(100f);

            using var plain = new ClipLoss();                                 // holds matrices of [1000, 1000]
            using var chunked = new ClipLoss(chunkSize: 128);                 // holds matrices of [128, 1000]
            using var loss = chunked.call(images, texts, scale);
            loss.backward();
            Console.WriteLine($"{plain.call(images, texts, scale).item<float>():F3} = {loss.item<float>():F3}");
            // </src/Clip.Losses/README.md>
        });
    }
}
