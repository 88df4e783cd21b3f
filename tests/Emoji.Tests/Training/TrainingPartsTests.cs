using Clip.Models;
using Clip.Tokenization;
using Emoji.Rendering;
using Emoji.Tests.Support;
using Emoji.Training;
using Emoji.Training.Captions;
using Emoji.Training.Images;
using Emoji.Words;

namespace Emoji.Tests.Training;

/// <summary>The two parts of the training, on images of one color each.</summary>
public sealed class TrainingPartsTests : IDisposable
{
    private const int EmojiCount = 4;

    private static readonly PartOfRecipe Part = new() { Steps = 6, BatchSize = 8, PeakRate = 2e-3, Seed = 1, SaveEverySteps = 3, WarmupSteps = 1 };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Images_StoppedAndResumed_GiveTheTableOfAnUninterruptedRun()
    {
        using var scope = NewDisposeScope();
        var whole = TrainImages("whole", _ => { });

        Assert.Throws<OperationCanceledException>(() => TrainImages("stopped", step =>
        {
            if (step == 5)
                throw new OperationCanceledException();
        }));
        var firstStep = 0;
        var resumed = TrainImages("stopped", step => firstStep = firstStep == 0 ? step : firstStep);

        Assert.Equal(4, firstStep);
        Assert.Equal([EmojiCount, Recipe.EmbeddingSize], whole.shape);
        Assert.InRange((whole - resumed).abs().max().item<float>(), 0, 1e-4);
    }

    [Fact]
    public void Captions_TrainedForAWhile_AreNearerToTheirEmoji()
    {
        using var scope = NewDisposeScope();
        var catalog = SmallCatalog.Many();
        var captions = new CaptionWriter(catalog, new HeldOutKeywords(catalog));
        var tokenizer = ClipTokenizer.Load(Path.Combine(Fixtures.Repository, "models", "emoji"), Recipe.Tokenization);
        manual_seed(3);
        using var network = new DualEncoder(Recipe.Model(tokenizer.VocabularySize));
        var table = nn.functional.normalize(randn(catalog.Codes.Count, Recipe.EmbeddingSize), dim: 1);
        var image = network.Image.parameters().First().clone();
        var losses = new List<double>();
        using var training = new CaptionTraining(network, table, Part with { Steps = 40, BatchSize = 64, SaveEverySteps = 40 }, Path.Combine(_folder.Path, "captions.safetensors"));

        training.Run(tokenizer, catalog, captions, (_, loss, _) => losses.Add(loss), TestContext.Current.CancellationToken);

        Assert.InRange(losses.TakeLast(5).Average(), 0, losses.Take(5).Average() - 0.5);
        Assert.True(image.equal(network.Image.parameters().First()).all().item<bool>());
        Assert.InRange(Math.Abs(network.GetLogitScale().item<float>() - Recipe.LogitScale), 0, 1e-4);
    }

    public void Dispose() => _folder.Dispose();

    private Tensor TrainImages(string name, Action<int> report)
    {
        manual_seed(2);
        using var network = new DualEncoder(Recipe.Model(600));
        using var training = new ImageTraining(network, EmojiCount, Part, workers: 2, Path.Combine(_folder.Path, name + ".safetensors"));
        training.Run(Drawn(), (step, _, _) => report(step), (_, table) => Assert.Equal(EmojiCount, table.shape[0]), TestContext.Current.CancellationToken);
        return training.Finish();
    }

    private static List<IReadOnlyList<byte[]>> Drawn() =>
        [.. Enumerable.Range(0, EmojiCount).Select(emoji =>
        {
            var pixels = new byte[4 * RestyledImages.Side * RestyledImages.Side];
            for (var place = 0; place < pixels.Length; place += 4)
                (pixels[place + emoji % 3], pixels[place + 3]) = (255, 255);
            return (IReadOnlyList<byte[]>)[pixels];
        })];
}
