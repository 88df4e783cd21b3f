using Clip.Training.Data;
using Clip.Training.Monitoring;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Monitoring;

public sealed class RetrievalEvaluationTests : IDisposable
{
    private readonly DualEncoderConfig _config = TinyConfig.VisionTransformer;
    private readonly DualEncoder _model = TinyConfig.Create(TinyConfig.VisionTransformer);
    private readonly SyntheticPairs _pairs = new(TinyConfig.VisionTransformer);

    public void Dispose()
    {
        _model.Dispose();
        _pairs.Dispose();
    }

    // 23 pairs in batches of 5, against ranks counted from the whole matrix by sorting.
    [Fact, NoTensorLeaks]
    public void Measure_HeldOutPairs_CountsRanks()
    {
        var metrics = new RetrievalEvaluation(_pairs, count: 23, batchSize: 5).Measure(_model);

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var batches = _pairs.Batches(5, PairPosition.Start).Take(5).ToList();
        var images = cat([.. batches.Select(batch => _model.EncodeImages(batch.GetImages(), normalize: true))]).narrow(0, 0, 23);
        var texts = cat([.. batches.Select(batch => _model.EncodeTexts(batch.Tokens, normalize: true))]).narrow(0, 0, 23);
        var similarities = images.matmul(texts.t());
        foreach (var (direction, matrix) in new[] { ("image_to_text", similarities), ("text_to_image", similarities.t()) })
        {
            var order = matrix.argsort(dim: 1, descending: true);
            foreach (var depth in (int[])[1, 5, 10])
            {
                var found = order.narrow(1, 0, depth).eq(arange(23).unsqueeze(1)).any(1).sum().item<long>();
                Assert.Equal(found / 23.0, metrics[$"{direction}_R@{depth}"]);
            }
        }
        batches.ForEach(batch => batch.Dispose());
    }

    // Which of the equal ones is right nobody can say, so none is found: all are at the last rank.
    [Fact, NoTensorLeaks]
    public void Measure_AllEmbeddingsEqual_FindsNothing()
    {
        FillProjections(0);

        var metrics = new RetrievalEvaluation(_pairs, count: 23, batchSize: 5).Measure(_model);

        Assert.Equal(6, metrics.Count);
        Assert.All(metrics, metric => Assert.Equal(0, metric.Value));
    }

    [Fact, NoTensorLeaks]
    public void Measure_EmbeddingsNaN_FindsNothing()
    {
        FillProjections(double.NaN);

        // Fewer pairs than the largest depth: even the last rank would be among the ten most similar.
        var metrics = new RetrievalEvaluation(_pairs, count: 7, batchSize: 5).Measure(_model);

        Assert.All(metrics, metric => Assert.Equal(0, metric.Value));
    }

    // A rival without a number is no worse than the right answer.
    [Fact, NoTensorLeaks]
    public void Measure_OneImageNaN_IsNotFoundAndHidesNoOther()
    {
        using var spoiled = new SyntheticPairs(_config) { Spoil = (_, images) => images[2].fill_(double.NaN) };
        using var one = new FirstBatchSpoiled(_pairs, spoiled);

        var clean = new RetrievalEvaluation(_pairs, count: 20, batchSize: 5).Measure(_model);
        var metrics = new RetrievalEvaluation(one, count: 20, batchSize: 5).Measure(_model);

        Assert.Equal(0, metrics["text_to_image_R@1"]);
        Assert.All(metrics, metric => Assert.InRange(metric.Value, 0, clean[metric.Key]));
    }

    [Fact]
    public void Measure_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new RetrievalEvaluation(_pairs, 10).Measure(_model, cancellation.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetrievalEvaluation(_pairs, 0));
    }

    [Fact, NoTensorLeaks]
    public void Measure_MorePairsThanAnEpochHas_IsRefusedRatherThanMeasuredTwice()
    {
        using var epochs = new TwoBatches(_pairs);

        var error = Assert.Throws<InvalidOperationException>(() => new RetrievalEvaluation(epochs, count: 12, batchSize: 5).Measure(_model));

        Assert.Contains("10 pairs", error.Message);
        Assert.NotEmpty(new RetrievalEvaluation(epochs, count: 10, batchSize: 5).Measure(_model));
    }

    private void FillProjections(double value)
    {
        using var noGradients = no_grad();
        foreach (var (name, parameter) in _model.named_parameters())
        {
            if (name.EndsWith("proj", StringComparison.Ordinal) || name.EndsWith("text_projection", StringComparison.Ordinal))
                parameter.fill_(value);
        }
    }

    private sealed class FirstBatchSpoiled(IPairSource clean, IPairSource spoiled) : IPairSource
    {
        public string Identity => "the first batch spoiled";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            yield return spoiled.Batches(size, from, cancellationToken).First();
            foreach (var batch in clean.Batches(size, new PairPosition(from.Epoch, from.Sample + size), cancellationToken))
                yield return batch;
        }

        public void Dispose()
        {
        }
    }

    // Two batches an epoch, for ever.
    private sealed class TwoBatches(IPairSource source) : IPairSource
    {
        public string Identity => "two batches";

        public long? SamplesPerEpoch => null;

        public IEnumerable<PairBatch> Batches(int size, PairPosition from, CancellationToken cancellationToken = default)
        {
            var number = 0L;
            foreach (var batch in source.Batches(size, from, cancellationToken))
            {
                number++;
                using (batch)
                    yield return new PairBatch(batch.GetImages(), batch.Tokens.alias(), new PairPosition((number - 1) / 2, ((number - 1) % 2 + 1) * size));
            }
        }

        public void Dispose()
        {
        }
    }
}
