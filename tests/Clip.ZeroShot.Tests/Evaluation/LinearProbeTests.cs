using Clip.ZeroShot.Evaluation;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Evaluation;

/// <summary>Against minima found by Newton's method in float64.</summary>
public sealed class LinearProbeTests
{
    private static readonly LinearProbeOptions Exact = new() { Tolerance = 1e-9 };

    private static readonly Recorded Data = Recording.Json<Recorded>("evaluation", "linear_probe.json");

    private sealed record Part(float[][] Features, int[] Labels)
    {
        public LabelledFeatures ToFeatures() => new(Features, Labels, Data.Classes);
    }

    private sealed record Fit(double C, double Loss, double[][] Weights, double[] Intercepts, double Train, double Validation, double Test);

    private sealed record Sweep(int[] Steps, double[] Validation, int Best, double Loss, double Train, double Test);

    private sealed record Recorded(int Classes, Part Train, Part Validation, Part Test, Fit[] Fits, Sweep Sweep);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [NoTensorLeaks]
    public void Fit_RecordedFeatures_FindsTheRecordedMinimum(int index)
    {
        var expected = Data.Fits[index];

        var probe = LinearProbe.Fit(Data.Train.ToFeatures(), expected.C, Exact);

        Assert.True(probe.Converged);
        Assert.Equal(expected.C, probe.Regularization);
        Assert.Equal(expected.Loss, probe.Loss, 1e-12);
        // A gradient of 1e-9 against the flattest direction of the loss, whose curvature is about 1e-4.
        Assert.All(expected.Weights.SelectMany(row => row).Index(), pair => Assert.Equal(pair.Item, probe.Weights[pair.Index], 1e-5));
        Assert.All(expected.Intercepts.Index(), pair => Assert.Equal(pair.Item, probe.Intercepts[pair.Index], 1e-4));
        Assert.Equal(expected.Train, probe.Evaluate(Data.Train.ToFeatures()).Top1, 1e-12);
        Assert.Equal(expected.Validation, probe.Evaluate(Data.Validation.ToFeatures()).Top1, 1e-12);
        Assert.Equal(expected.Test, probe.Evaluate(Data.Test.ToFeatures()).Top1, 1e-12);
    }

    [Fact]
    public void Fit_DefaultTolerance_IsCloseToTheMinimum()
    {
        var probe = LinearProbe.Fit(Data.Train.ToFeatures(), Data.Fits[1].C);
        Assert.True(probe.Converged);
        Assert.InRange(probe.Loss, Data.Fits[1].Loss, Data.Fits[1].Loss + 1e-5);
        Assert.InRange(probe.Iterations!.Value, 2, 100);
        Assert.True(probe.Evaluations >= probe.Iterations);
    }

    [Fact]
    public void Run_RecordedFeatures_TakesTheRecordedStepsAndFindsTheSameC()
    {
        // The logits that decide are at least 3e-4 apart.
        var options = new LinearProbeOptions { Tolerance = 1e-7 };
        var reported = new Reported<LinearProbeTrial>();

        var result = LinearProbeSweep.Run(Data.Train.ToFeatures(), Data.Validation.ToFeatures(), Data.Test.ToFeatures(), options, progress: reported);

        Assert.Equal(Data.Sweep.Steps.Select(LinearProbeSweep.ValueAt), result.Trials.Select(trial => trial.Regularization));
        Assert.Equal(Data.Sweep.Validation, result.Trials.Select(trial => trial.ValidationScore));
        Assert.Equal(result.Trials, reported.Values);
        Assert.Equal(LinearProbeSweep.ValueAt(Data.Sweep.Best), result.Regularization);
        Assert.Equal(Data.Sweep.Loss, result.Probe.Loss, 1e-9);
        Assert.Equal(Data.Sweep.Train, result.Train.Top1, 1e-12);
        Assert.Equal(Data.Sweep.Test, result.Test.Top1, 1e-12);
    }

    [Fact]
    public void Run_AnotherScore_IsWhatDecides()
    {
        var smallest = LinearProbeSweep.Run(
            Data.Train.ToFeatures(), Data.Validation.ToFeatures(), Data.Test.ToFeatures(), score: metrics => -metrics.Top1);
        Assert.Equal(1e-6, smallest.Regularization, 1e-18);
    }

    [Fact]
    public void ValueAt_IsThePapersGrid()
    {
        Assert.Equal(1e-6, LinearProbeSweep.ValueAt(0), 1e-18);
        Assert.Equal(0.316, LinearProbeSweep.ValueAt(44), 0.0005);      // the C of the example in openai/CLIP's README
        Assert.Equal(1e6, LinearProbeSweep.ValueAt(96), 1e-6);
    }

    [Fact]
    public void Search_AnyPeak_LooksAtFewStepsAndFindsItWhereThereIsOne()
    {
        for (var peak = 0; peak <= 96; peak++)
        {
            var seen = new List<int>();
            var best = LinearProbeSweep.Search(step =>
            {
                seen.Add(step);
                return -Math.Abs(step - peak);
            });
            Assert.Equal(peak, best);
            Assert.InRange(seen.Count, 11, 15);
            Assert.Equal(seen.Distinct(), seen);
            Assert.All(seen, step => Assert.InRange(step, 0, 96));
        }
    }

    [Fact]
    public void Fit_MoreRowsThanABlock_IsAsOneBlock()
    {
        // 4 Mi numbers per block: 2,048 features make blocks of 2,048 rows.
        var rows = Enumerable.Range(0, 2100).Select(i => Wide(Data.Train.Features[i % 160])).ToArray();
        var labels = Enumerable.Range(0, 2100).Select(i => Data.Train.Labels[i % 160]).ToArray();
        var options = new LinearProbeOptions { MaxIterations = 3 };

        var blocks = LinearProbe.Fit(new LabelledFeatures(rows, labels, 4), 1, options);
        var whole = LinearProbe.Fit(new LabelledFeatures(Array.ConvertAll(rows, row => row[..12]), labels, 4), 1, options);

        Assert.False(blocks.Converged);
        Assert.Equal(3, blocks.Iterations);
        Assert.Equal(whole.Loss, blocks.Loss, 1e-12);

        static float[] Wide(float[] row) => [.. row, .. new float[2048 - row.Length]];
    }

    [Fact]
    public void Fit_ToleranceBelowPrecision_EndsAtTheMinimum()
    {
        var probe = LinearProbe.Fit(Data.Train.ToFeatures(), Data.Fits[1].C, new LinearProbeOptions { Tolerance = double.Epsilon });
        Assert.False(probe.Converged);
        Assert.Equal(Data.Fits[1].Loss, probe.Loss, 1e-12);
    }

    [Fact]
    public void Fit_BadInput_Throws()
    {
        var data = Data.Train.ToFeatures();
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearProbe.Fit(data, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearProbe.Fit(data, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearProbe.Fit(data, 1, new LinearProbeOptions { Tolerance = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => LinearProbe.Fit(data, 1, new LinearProbeOptions { MaxIterations = 0 }));
        Assert.Throws<OperationCanceledException>(() => LinearProbe.Fit(data, 1, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => LinearProbe.Fit(new LabelledFeatures([[1, float.NaN]], [0], 2), 1)).Message);
        Assert.Contains("Label 0 is 2", Assert.Throws<ArgumentException>(() => new LabelledFeatures([[1]], [2], 2)).Message);
        Assert.Contains("Row 1", Assert.Throws<ArgumentException>(() => new LabelledFeatures([[1], [1, 2]], [0, 1], 2)).Message);
        Assert.Throws<ArgumentException>(() => new LabelledFeatures([], [], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LabelledFeatures([[1]], [0], 1));
        Assert.Throws<ArgumentException>(() => LinearProbeSweep.Run(data, data, new LabelledFeatures([[1]], [0], 4)));
        Assert.Throws<ArgumentException>(() => LinearProbe.Fit(data, 1).GetLogits([1]));
    }
}
