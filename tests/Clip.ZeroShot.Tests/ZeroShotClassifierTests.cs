using Clip.Preprocessing;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests;

public sealed class ZeroShotClassifierTests(TinyModels models) : IDisposable
{
    private static readonly string[] Names = ["cat", "dog", "a boat", "seven", "x"];

    private readonly ZeroShotClassifier _classifier = new(models.Softmax, Names);

    public void Dispose() => _classifier.Dispose();

    [Fact]
    public void Classify_OneImage_IsTheSoftmaxOfScaledSimilarities()
    {
        var image = TinyModels.Image(1);
        var logits = Array.ConvertAll(Similarities(models.Softmax.EmbedImage(image)), similarity => models.Softmax.LogitScale * similarity);
        var expected = EmbeddingMath.Softmax(logits);

        var predictions = _classifier.Classify(image);

        Assert.Equal(5, predictions.Count);
        foreach (var prediction in predictions)
        {
            Assert.Equal(expected[prediction.Index], prediction.Probability, 1e-5f);
            Assert.Equal(logits[prediction.Index] / models.Softmax.LogitScale, prediction.Similarity, 1e-6f);
            Assert.Equal(Names[prediction.Index], prediction.ClassName);
        }
        Assert.Equal(predictions.OrderByDescending(prediction => prediction.Probability), predictions);
    }

    [Fact]
    public void Classify_SigmoidModel_TakesItsBias()
    {
        using var classifier = new ZeroShotClassifier(models.Sigmoid, Names);
        var prediction = classifier.Classify(TinyModels.Image(1), top: 1)[0];

        Assert.NotNull(models.Sigmoid.LogitBias);
        var logit = (models.Sigmoid.LogitScale * prediction.Similarity) + models.Sigmoid.LogitBias.Value;
        Assert.Equal(1 / (1 + Math.Exp(-logit)), prediction.Probability, 1e-6);
    }

    [Fact]
    public void Classify_ManyImages_IsAsOneByOne()
    {
        var images = Enumerable.Range(0, 40).Select(TinyModels.Image).ToArray();
        var reported = new Reported<EmbeddingProgress>();

        var together = _classifier.Classify(images, top: 2, reported);

        Assert.Equal(40, together.Length);
        Assert.Equal(40, reported.Values[^1].Completed);
        for (var i = 0; i < images.Length; i++)
            AssertSame(_classifier.Classify(images[i], top: 2), together[i]);
    }

    [Fact]
    public void Classify_PathsBytesAndStreams_AreTheSameImage()
    {
        var path = Fixtures.Find("preprocess", "images", "png_rgb_exact224_224x224.png");
        var bytes = File.ReadAllBytes(path);
        using var stream = File.OpenRead(path);

        var expected = _classifier.Classify(path);

        Assert.Equal(expected, _classifier.Classify(bytes));
        Assert.Equal(expected, _classifier.Classify(stream));
        Assert.Equal(expected, _classifier.Classify([path], top: 5)[0]);
        Assert.Equal(expected, _classifier.Classify((IEnumerable<string>)[path])[0]);
    }

    [Fact]
    public void Deconstruct_Prediction_GivesNameAndProbability()
    {
        foreach (var (className, probability) in _classifier.Classify(TinyModels.Image(3), top: 1))
        {
            Assert.Contains(className, Names);
            Assert.InRange(probability, 0.2f, 1);
        }
    }

    [Fact]
    public void Classify_MoreClassesThanThereAre_GivesAll() => Assert.Equal(5, _classifier.Classify(TinyModels.Image(1), top: int.MaxValue).Count);

    [Fact]
    public void Classify_TopBelowOne_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _classifier.Classify(TinyModels.Image(1), top: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _classifier.ClassifyAsync([TinyModels.Image(1)], top: 0));
    }

    [Fact]
    public void Classify_Embedding_IsAsItsImage()
    {
        var embeddings = models.Softmax.EmbedImages(Enumerable.Range(0, 3).Select(TinyModels.Image));
        var many = _classifier.ClassifyEmbeddings(embeddings);
        for (var i = 0; i < embeddings.Length; i++)
        {
            AssertSame(_classifier.Classify(TinyModels.Image(i)), _classifier.Classify(embeddings[i]));
            AssertSame(_classifier.Classify(TinyModels.Image(i)), many[i]);
        }
        Assert.Empty(_classifier.ClassifyEmbeddings([]));
    }

    [Fact]
    public void Classify_BadEmbedding_ThrowsArgumentException()
    {
        var good = TinyModels.UnitRow(new Random(1), models.Softmax.EmbeddingSize);
        Assert.Contains("48 numbers", Assert.Throws<ArgumentException>(() => _classifier.Classify(good.AsSpan(1))).Message);
        Assert.Contains("length 2", Assert.Throws<ArgumentException>(() => _classifier.Classify(Array.ConvertAll(good, x => 2 * x))).Message);
        Assert.Contains("length 0", Assert.Throws<ArgumentException>(() => _classifier.Classify(new float[48])).Message);
        good[7] = float.NaN;
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => _classifier.Classify(good)).Message);
        Assert.Contains("embeddings[0]", Assert.Throws<ArgumentException>(() => _classifier.ClassifyEmbeddings([good])).Message);
    }

    [Fact]
    public void GetSimilarities_AreTheCosines()
    {
        var embeddings = models.Softmax.EmbedImages(Enumerable.Range(0, 3).Select(TinyModels.Image));
        var similarities = _classifier.GetSimilarities(embeddings);
        for (var i = 0; i < 3; i++)
        {
            var expected = Similarities(embeddings[i]);
            Assert.All(expected.Index(), pair => Assert.Equal(pair.Item, similarities[i][pair.Index], 1e-6f));
        }
    }

    [Fact]
    public void MinSimilarity_AboveAll_AnswersNoneOfThese()
    {
        using var none = new ZeroShotClassifier(models.Softmax, _classifier.Bank) { MinSimilarity = 0.99f };
        using var unsure = new ZeroShotClassifier(models.Softmax, _classifier.Bank) { MinProbability = 1 };

        Assert.Empty(none.Classify(TinyModels.Image(1)));
        Assert.Empty(unsure.Classify(TinyModels.Image(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZeroShotClassifier(models.Softmax, _classifier.Bank) { MinSimilarity = 25 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZeroShotClassifier(models.Softmax, _classifier.Bank) { MinProbability = float.NaN });
    }

    [Fact]
    public void Classify_UnreadableImage_ThrowsWithItsName()
    {
        var error = Assert.Throws<ImageDecodingException>(() => _classifier.Classify([TinyModels.Image(1), ImageSource.FromBytes("no image"u8.ToArray(), "broken")]));
        Assert.Contains("broken", error.Message);
    }

    [Fact]
    public async Task ClassifyAsync_UnreadableImage_IsAResultWithAnError()
    {
        ImageSource[] images = [TinyModels.Image(1), ImageSource.FromBytes("no image"u8.ToArray(), "broken"), TinyModels.Image(2)];

        var results = await _classifier.ClassifyAsync(images, top: 1).ToListAsync();

        Assert.Equal([0, 1, 2], results.Select(result => result.Index));
        Assert.Equal(["image 1", "broken", "image 2"], results.Select(result => result.Name));
        Assert.NotNull(results[1].Error);
        Assert.Throws<ImageDecodingException>(() => results[1].Predictions);
        AssertSame(_classifier.Classify(TinyModels.Image(1), top: 1), results[0].Predictions);
        AssertSame(_classifier.Classify(TinyModels.Image(2), top: 1), results[2].Predictions);
        Assert.Null(results[2].Error);
    }

    [Fact]
    public async Task ClassifyAsync_StreamThatIsClosed_IsAResultWithAnError()
    {
        var closed = new MemoryStream();
        closed.Dispose();

        var results = await _classifier.ClassifyAsync([TinyModels.Image(1), closed, TinyModels.Image(2)], top: 1).ToListAsync();

        Assert.Equal([false, true, false], results.Select(result => result.Error is not null));
        Assert.IsType<ObjectDisposedException>(results[1].Error!.InnerException);
    }

    [Fact]
    public async Task ClassifyAsync_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _classifier.ClassifyAsync(Enumerable.Range(0, 1_000_000).Select(i => TinyModels.Image(i % 10)), 1, source.Token))
            {
                if (++seen == 5)
                    await source.CancelAsync();
            }
        });
        Assert.InRange(seen, 5, 1000);
    }

    [Fact]
    public void Constructor_BankOfOtherWeights_ThrowsWithBothHashes()
    {
        var error = Assert.Throws<ArgumentException>(() => new ZeroShotClassifier(models.Other, _classifier.Bank));
        Assert.Contains(models.Softmax.GetWeightsHash(), error.Message);
        Assert.Contains(models.Other.GetWeightsHash(), error.Message);
    }

    [Fact]
    public void Constructor_LoadedBank_ClassifiesAsTheOneThatWasSaved()
    {
        using var folder = new TemporaryFolder();
        _classifier.Bank.Save(folder.File("bank"));
        using var again = ClipModel.Load(models.Folder, TinyModels.Options);
        using var loaded = new ZeroShotClassifier(again, ClassBank.Load(folder.File("bank")));

        Assert.Equal(_classifier.Classify(TinyModels.Image(1)), loaded.Classify(TinyModels.Image(1)));
        Assert.Throws<ArgumentException>(() => new ZeroShotClassifier(models.Other, ClassBank.Load(folder.File("bank"))));
    }

    [Fact]
    public async Task Classify_ManyCallersAtOnce_GetTheSameAnswers()
    {
        var expected = Enumerable.Range(0, 8).Select(i => _classifier.Classify(TinyModels.Image(i))).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => _classifier.Classify(TinyModels.Image(i % 8)))));
        for (var i = 0; i < answers.Length; i++)
            Assert.Equal(expected[i % 8], answers[i]);
    }

    [Fact]
    [NoTensorLeaks]
    public async Task AllCalls_LeaveNoTensors()
    {
        using var classifier = new ZeroShotClassifier(models.Softmax, Names, PromptTemplates.Simple);
        classifier.Classify(TinyModels.Image(1));
        classifier.Classify([TinyModels.Image(1), TinyModels.Image(2)]);
        classifier.GetSimilarities(models.Softmax.EmbedImages([TinyModels.Image(1)]));
        await foreach (var _ in classifier.ClassifyAsync(Enumerable.Range(0, 40).Select(TinyModels.Image)))
            break;
        Assert.Throws<ArgumentException>(() => new ZeroShotClassifier(models.Other, classifier.Bank));
    }

    [Fact]
    public void Classify_Disposed_ThrowsAndTheModelLives()
    {
        var classifier = new ZeroShotClassifier(models.Softmax, Names);
        classifier.Dispose();
        classifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => classifier.Classify(TinyModels.Image(1)));
        Assert.NotEmpty(models.Softmax.EmbedText("cat"));
    }

    private float[] Similarities(float[] embedding) =>
        [.. Enumerable.Range(0, Names.Length).Select(i => EmbeddingMath.CosineSimilarity(embedding, _classifier.Bank.GetEmbedding(i)))];

    // Products of other sizes sum in another order.
    private static void AssertSame(IReadOnlyList<ClassPrediction> expected, IReadOnlyList<ClassPrediction> actual)
    {
        Assert.Equal(expected.Select(prediction => prediction.Index), actual.Select(prediction => prediction.Index));
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Similarity, actual[i].Similarity, 2e-6f);
            Assert.Equal(expected[i].Probability, actual[i].Probability, 1e-4f);
        }
    }
}
