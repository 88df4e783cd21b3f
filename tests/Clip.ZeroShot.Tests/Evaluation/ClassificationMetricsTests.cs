using Clip.ZeroShot.Evaluation;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Evaluation;

public sealed class ClassificationMetricsTests
{
    private sealed record Recorded(float[][] Scores, int[] Labels, Dictionary<string, double> Top, double?[] Recall, double Mean_Per_Class_Recall, long[][] Confusion);

    [Fact]
    public void Compute_RecordedScores_GivesTheRecordedFigures()
    {
        var recorded = Recording.Json<Recorded>("evaluation", "classification.json");

        var metrics = ClassificationMetrics.Compute(recorded.Scores, recorded.Labels, recordConfusion: true);

        Assert.Equal(60, metrics.Count);
        Assert.All(recorded.Top, pair => Assert.Equal(pair.Value, metrics.GetTopK(int.Parse(pair.Key)), 1e-12));
        Assert.Equal(recorded.Top["1"], metrics.Top1, 1e-12);
        Assert.Equal(recorded.Top["5"], metrics.Top5, 1e-12);
        Assert.Equal(recorded.Mean_Per_Class_Recall, metrics.MeanPerClassRecall, 1e-12);
        for (var label = 0; label < metrics.ClassCount; label++)
        {
            Assert.Equal(recorded.Recall[label] is null, metrics.GetRecall(label) is null);
            Assert.Equal(recorded.Recall[label] ?? 0, metrics.GetRecall(label) ?? 0, 1e-12);
            Assert.Equal(recorded.Labels.Count(value => value == label), metrics.ExamplesPerClass[label]);
            for (var answer = 0; answer < metrics.ClassCount; answer++)
                Assert.Equal(recorded.Confusion[label][answer], metrics.GetConfusion(label, answer));
        }
    }

    [Fact]
    public void GetTopK_MoreThanClasses_IsOne()
    {
        var metrics = ClassificationMetrics.Compute([[0, 1], [1, 0]], [0, 0]);
        Assert.Equal(0.5, metrics.Top1);
        Assert.Equal(1, metrics.Top5);
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.GetTopK(0));
        Assert.Throws<InvalidOperationException>(() => metrics.GetConfusion(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => metrics.GetRecall(2));
    }

    [Fact]
    public void Compute_BadInput_ThrowsArgumentException()
    {
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Compute([], []));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Compute([[1, 2]], [0, 1]));
        Assert.Throws<ArgumentException>(() => ClassificationMetrics.Compute([[1, 2], [1]], [0, 1]));
        Assert.Contains("is 2", Assert.Throws<ArgumentException>(() => ClassificationMetrics.Compute([[1, 2]], [2])).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => ClassificationMetrics.Compute([[1, float.NaN]], [0])).Message);
        Assert.Throws<InvalidOperationException>(() => new ClassificationTally(2).ToMetrics());
    }
}
