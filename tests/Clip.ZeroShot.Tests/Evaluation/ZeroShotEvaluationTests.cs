using Clip.Preprocessing;
using Clip.ZeroShot.Evaluation;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Evaluation;

public sealed class ZeroShotEvaluationTests : IDisposable
{
    private static readonly string[] Names = ["cat", "dog", "boat"];

    private readonly TinyModels _models;
    private readonly TemporaryFolder _folder = new();
    private readonly ZeroShotClassifier _classifier;

    public ZeroShotEvaluationTests(TinyModels models)
    {
        _models = models;
        _classifier = new ZeroShotClassifier(models.Softmax, Names, PromptTemplates.None);
        foreach (var (index, path) in Directory.GetFiles(Fixtures.Find("preprocess", "images"), "png_rgb_*.png").Order(StringComparer.Ordinal).Index())
        {
            var folder = Directory.CreateDirectory(_folder.File(Names[index % 2])).FullName;
            File.Copy(path, Path.Combine(folder, $"{index}.PNG"));
        }
        File.WriteAllText(Path.Combine(_folder.File("cat"), "notes.txt"), "no image");
    }

    public void Dispose()
    {
        _classifier.Dispose();
        _folder.Dispose();
    }

    [Fact]
    [NoTensorLeaks]
    public async Task EvaluateAsync_Folder_CountsWhatTheClassifierAnswers()
    {
        File.WriteAllText(Path.Combine(_folder.File("dog"), "broken.jpg"), "no image");
        var images = LabelledImages.FromFolder(_folder.Path, Names);
        var reported = new Reported<EvaluationProgress>();

        var report = await _classifier.EvaluateAsync(images.Images, recordConfusion: true, reported);

        var readable = images.Images.Where(image => !image.Path.EndsWith("broken.jpg", StringComparison.Ordinal)).ToArray();
        var answers = readable.Select(image => (image.Label, Answer: _classifier.Classify(image.Path, top: 1)[0].Index)).ToArray();
        Assert.Equal(readable.Length, report.Metrics.Count);
        Assert.Equal((double)answers.Count(pair => pair.Label == pair.Answer) / answers.Length, report.Metrics.Top1, 1e-12);
        Assert.Equal(answers.Count(pair => pair is (1, 2)), report.Metrics.GetConfusion(1, 2));
        Assert.Equal(1, report.UnreadableCount);
        Assert.Contains("broken.jpg", Assert.Single(report.Unreadable).Message);
        Assert.Equal(images.Images.Length, reported.Values[^1].ImagesCompleted);
        Assert.Equal(images.Images.Length, reported.Values[^1].ImagesTotal);
    }

    [Fact]
    public async Task EvaluateAsync_BadInput_Throws()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _classifier.EvaluateAsync([new LabelledImage("a.jpg", 3)]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _classifier.EvaluateAsync([new LabelledImage(_folder.File("none.jpg"), 0)]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _classifier.EvaluateAsync(LabelledImages.FromFolder(_folder.Path, Names).Images, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void FromFolder_NoNames_CountsTheFoldersInOrder()
    {
        var images = LabelledImages.FromFolder(_folder.Path);
        Assert.Equal(["cat", "dog"], images.ClassNames);
        Assert.Equal(Directory.GetFiles(_folder.Path, "*.PNG", SearchOption.AllDirectories).Order(StringComparer.Ordinal), images.Images.Select(image => image.Path));
        Assert.All(images.Images, image => Assert.Equal(images.ClassNames[image.Label], Path.GetFileName(Path.GetDirectoryName(image.Path))));
    }

    [Fact]
    public void FromFolder_FolderThatIsNoClass_ThrowsWithItsPath()
    {
        Assert.Contains(_folder.File("dog"), Assert.Throws<ArgumentException>(() => LabelledImages.FromFolder(_folder.Path, ["cat"])).Message);
        Assert.Throws<ArgumentException>(() => LabelledImages.FromFolder(_folder.Path, ["cat", "dog", "cat"]));
        Assert.Throws<DirectoryNotFoundException>(() => LabelledImages.FromFolder(_folder.File("none")));
        Assert.Contains("No image", Assert.Throws<ArgumentException>(() => LabelledImages.FromFolder(_folder.File("cat"))).Message);
    }

    [Fact]
    public void FromList_Lines_GivesPathsAndLabels()
    {
        var list = _folder.Write("list.tsv", "cat/0.PNG\tdog\r\n\n/else where.png\tcat\n"u8.ToArray());
        var images = LabelledImages.FromList(list, ["cat", "dog"]).Images;
        Assert.Equal([new LabelledImage(Path.Combine(_folder.Path, "cat/0.PNG"), 1), new LabelledImage("/else where.png", 0)], images);
    }

    [Theory]
    [InlineData("a.png\tcat\nb.png\n", "line 2: expected a path")]
    [InlineData("a.png\tcat\tdog\n", "line 1: expected a path")]
    [InlineData("a.png\tcow\n", "line 1: \"cow\" is none of the 2 classes")]
    [InlineData("\n", "lists no image")]
    public void FromList_BadLine_ThrowsWithItsNumber(string text, string message)
    {
        var list = _folder.Write("list.tsv", System.Text.Encoding.UTF8.GetBytes(text));
        var error = Assert.Throws<FormatException>(() => LabelledImages.FromList(list, ["cat", "dog"]));
        Assert.Contains($"'{list}'", error.Message);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void FromList_LineThatIsNotUtf8_ThrowsWithItsNumber()
    {
        var list = _folder.Write("list.tsv", System.Text.Encoding.Latin1.GetBytes("a.png\tcat\ncaf\u00E9.png\tdog\n"));

        Assert.Contains("line 2: it is not UTF-8", Assert.Throws<FormatException>(() => LabelledImages.FromList(list, ["cat", "dog"])).Message);
    }

    [Fact]
    [NoTensorLeaks]
    public void GetImageFeatures_Images_GivesTheFeaturesThatProjectToTheEmbeddings()
    {
        var paths = LabelledImages.FromFolder(_folder.Path).Images.Select(image => image.Path).ToArray();

        var features = _models.Softmax.GetImageFeatures(paths.Select(ImageSource.FromFile));

        Assert.Equal(paths.Length, features.Length);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var projection = _models.Plain.PlainNetwork.Image.named_parameters().Single(pair => pair.name == "proj").parameter;
        var rows = tensor(features.SelectMany(row => row).ToArray(), [paths.Length, features[0].Length]).matmul(projection);
        var embeddings = _models.Softmax.EmbedImages(paths);
        var expected = tensor(embeddings.SelectMany(row => row).ToArray(), [paths.Length, embeddings[0].Length]);
        TensorAssert.Close(expected, nn.functional.normalize(rows, dim: 1), 2e-6);
    }

    // There the model's disposal waits for it, and passes of other calls do not run at the same time.
    [Fact]
    public void GetImageFeatures_Images_RunsOnTheNetworksThread()
    {
        var norm = (nn.Module<Tensor, Tensor>)_models.Plain.PlainNetwork.Image.named_modules().Single(entry => entry.name == "ln_post").module;
        var threads = new List<string?>();
        var hook = norm.register_forward_hook((_, _, output) =>
        {
            threads.Add(Thread.CurrentThread.Name);
            return output.alias();
        });

        _models.Plain.GetImageFeatures(LabelledImages.FromFolder(_folder.Path).Images.Select(image => ImageSource.FromFile(image.Path)));
        hook.remove();

        Assert.NotEmpty(threads);
        Assert.All(threads, name => Assert.Equal("Clip network", name));
    }

    [Fact]
    public void GetImageFeatures_UnreadableImage_ThrowsWithItsName() =>
        Assert.Contains("notes.txt", Assert.Throws<Preprocessing.ImageDecodingException>(() =>
            _models.Softmax.GetImageFeatures([ImageSource.FromFile(Path.Combine(_folder.File("cat"), "notes.txt"))])).Message);
}
