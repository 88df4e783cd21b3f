using Clip.Preprocessing;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests;

public sealed class ZeroShotClassifierLoadTests(TinyModels models)
{
    private static readonly string[] Names = ["cat", "dog", "a boat"];

    [Fact]
    public void Load_Folder_ClassifiesAsTheModelAndDisposesIt()
    {
        using var borrowing = new ZeroShotClassifier(models.Softmax, Names, PromptTemplates.None);
        var classifier = ZeroShotClassifier.Load(models.Folder, Names, PromptTemplates.None, TinyModels.Options);

        Assert.Equal(borrowing.Classify(TinyModels.Image(1)), classifier.Classify(TinyModels.Image(1)));
        classifier.Dispose();

        Assert.Throws<ObjectDisposedException>(() => classifier.Model.EmbedImage(TinyModels.Image(1)));
    }

    [Fact]
    public async Task LoadAsync_Folder_TellsItsProgress()
    {
        var reported = new Reported<LoadProgress>();

        using var classifier = await ZeroShotClassifier.LoadAsync(models.Folder, Names, null, TinyModels.Options, reported, Patience.Token);

        Assert.Equal(Names, classifier.ClassNames);
        Assert.Equal(LoadStage.Done, reported.Values[^1].Stage);
    }

    [Fact]
    public async Task LoadAsync_CancelledAfterReading_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var cancelling = new Reported<LoadProgress>(progress =>
        {
            if (progress.Stage == LoadStage.Done)
                cancellation.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ZeroShotClassifier.LoadAsync(models.Folder, Names, null, TinyModels.Options, cancelling, cancellation.Token));
    }

    [Fact]
    public async Task Load_WrongNames_AreRefusedBeforeAnythingIsLoaded()
    {
        Assert.Throws<ArgumentException>(() => ZeroShotClassifier.Load("no/such/model", ["cat", "cat"]));
        Assert.Throws<ArgumentNullException>(() => ZeroShotClassifier.Load("no/such/model", null!));
        await Assert.ThrowsAsync<ArgumentException>(() => ZeroShotClassifier.LoadAsync("no/such/model", [], cancellationToken: Patience.Token));
    }

    [Fact]
    public void Load_PromptTooLong_Throws() =>
        Assert.Throws<ArgumentException>(() => ZeroShotClassifier.Load(models.Folder, [new string('x', 200)], options: TinyModels.Options));

    [Fact]
    public void Constructor_Dispose_LeavesTheModel()
    {
        new ZeroShotClassifier(models.Softmax, Names).Dispose();

        Assert.Equal(models.Softmax.EmbeddingSize, models.Softmax.EmbedImage(TinyModels.Image(1)).Length);
    }

    [Fact]
    public void Interface_OfTheClassifier_AnswersTheSame()
    {
        using var classifier = new ZeroShotClassifier(models.Softmax, Names);
        IZeroShotClassifier face = classifier;

        Assert.Equal(Names, face.ClassNames);
        Assert.Equal(classifier.Classify(TinyModels.Image(1)), face.Classify(TinyModels.Image(1)));
    }

    [Fact]
    public async Task Interface_WithoutAModel_CanBeImplemented()
    {
        IZeroShotClassifier stub = new Stub();

        var answers = await stub.ClassifyAsync([TinyModels.Image(1), TinyModels.Image(2)]).ToListAsync(Patience.Token);

        Assert.Equal("cat", answers[0].Predictions[0].ClassName);
        Assert.Throws<ImageDecodingException>(() => answers[1].Predictions);
    }

    // What a test of an application writes in place of a model.
    private sealed class Stub : IZeroShotClassifier
    {
        public IReadOnlyList<string> ClassNames => ["cat"];

        public IReadOnlyList<ClassPrediction> Classify(ImageSource image, int top = 5) => [new("cat", 1)];

        public IReadOnlyList<ClassPrediction>[] Classify(
            IEnumerable<string> paths, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default) =>
            Classify(paths.Select(ImageSource.FromFile), top, progress, cancellationToken);

        public IReadOnlyList<ClassPrediction>[] Classify(
            IEnumerable<ImageSource> images, int top = 5, IProgress<EmbeddingProgress>? progress = null, CancellationToken cancellationToken = default) =>
            [.. images.Select(image => Classify(image, top))];

        public IAsyncEnumerable<ImageClassification> ClassifyAsync(
            IEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default) =>
            ClassifyAsync(images.ToAsyncEnumerable(), top, cancellationToken);

        public IAsyncEnumerable<ImageClassification> ClassifyAsync(
            IAsyncEnumerable<ImageSource> images, int top = 5, CancellationToken cancellationToken = default) =>
            images.Select((image, index) => index == 0
                ? new ImageClassification(index, image.Name, Classify(image, top))
                : new ImageClassification(index, image.Name, new ImageDecodingException(image.Name, "it is not the first")));
    }
}
