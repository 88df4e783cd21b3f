using Clip.ZeroShot.Evaluation;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Evaluation;

public sealed class RetrievalMetricsTests
{
    private sealed record Recorded(
        float[][] Images, float[][] Texts, int[] Image_Of_Text, Dictionary<string, double> Text_Recall, Dictionary<string, double> Image_Recall);

    [Fact]
    [NoTensorLeaks]
    public void Compute_RecordedPairs_GivesTheRecordedFigures()
    {
        var recorded = Recording.Json<Recorded>("evaluation", "retrieval.json");

        var metrics = RetrievalMetrics.Compute(recorded.Images, recorded.Texts, recorded.Image_Of_Text);

        Assert.Equal(recorded.Image_Of_Text.Distinct().Count(), metrics.ImageQueries);
        Assert.Equal(recorded.Texts.Length, metrics.TextQueries);
        Assert.All(recorded.Text_Recall, pair => Assert.Equal(pair.Value, metrics.GetTextRecall(int.Parse(pair.Key)), 1e-12));
        Assert.All(recorded.Image_Recall, pair => Assert.Equal(pair.Value, metrics.GetImageRecall(int.Parse(pair.Key)), 1e-12));
    }

    [Fact]
    public void Compute_PairsInOrder_NeedNoIndices()
    {
        float[][] rows = [[1, 0], [0, 1], [-1, 0]];
        var metrics = RetrievalMetrics.Compute(rows, [rows[0], rows[2], rows[1]]);
        Assert.Equal(1 / 3.0, metrics.GetTextRecall(1));
        Assert.Equal(1 / 3.0, metrics.GetImageRecall(1));
        Assert.Equal(1, metrics.GetImageRecall(3));
    }

    [Fact]
    public void Compute_EverythingTheSame_FindsNothing()
    {
        var rows = Enumerable.Repeat(new float[] { 0.6f, 0.8f }, 20).ToArray();
        var metrics = RetrievalMetrics.Compute(rows, rows);
        Assert.Equal(0, metrics.GetTextRecall(10));
        Assert.Equal(0, metrics.GetImageRecall(10));
        Assert.Equal(1, metrics.GetImageRecall(20));
    }

    /// <summary>More similarities than are computed at once; a text that is its image's own embedding is always found.</summary>
    [Fact]
    [NoTensorLeaks]
    public void Compute_MoreThanOneBlock_RanksAsOneBlockWould()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 4200).Select(_ => TinyModels.UnitRow(random, 8)).ToArray();
        var shifted = Enumerable.Range(0, 4200).Select(i => (i + 4199) % 4200).ToArray();

        var own = RetrievalMetrics.Compute(rows, rows);
        var others = RetrievalMetrics.Compute(rows, rows, shifted);

        Assert.Equal(1, own.GetTextRecall(1));
        Assert.Equal(1, own.GetImageRecall(1));
        Assert.Equal(0, others.GetImageRecall(1));
        Assert.InRange(others.GetImageRecall(2100), 0.45, 0.55);
        Assert.Equal(1, others.GetTextRecall(4200));
    }

    [Fact]
    public void Compute_BadInput_ThrowsArgumentException()
    {
        float[][] two = [[1, 0], [0, 1]];
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, []));
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, two, [0]));
        Assert.Contains("image 2", Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, two, [0, 2])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, [[1, 0], [float.NaN, 1]])).Message);
        Assert.Contains("Row 1", Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, [[1, 0], [1]])).Message);
        Assert.Throws<ArgumentException>(() => RetrievalMetrics.Compute(two, [[1, 0, 0], [1, 0, 0]]));
        Assert.Throws<OperationCanceledException>(() => RetrievalMetrics.Compute(two, two, null, new CancellationToken(canceled: true)));
    }
}
