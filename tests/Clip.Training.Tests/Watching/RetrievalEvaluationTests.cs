using Clip.Training.Data;
using Clip.Training.Tests.Support;
using Clip.Training.Watching;

namespace Clip.Training.Tests.Watching;

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
        var images = cat([.. batches.Select(batch => _model.EncodeImages(batch.Images, normalize: true))]).narrow(0, 0, 23);
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
                yield return new PairBatch(batch.Images, batch.Tokens, new PairPosition((number - 1) / 2, ((number - 1) % 2 + 1) * size));
            }
        }

        public void Dispose()
        {
        }
    }
}
