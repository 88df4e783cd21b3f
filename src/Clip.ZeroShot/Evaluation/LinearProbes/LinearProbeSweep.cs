namespace Clip.ZeroShot.Evaluation;

/// <summary>The paper's linear probe: a search for C on validation rows, then a fit to all rows, measured on test rows.</summary>
/// <remarks>
/// C is searched among 97 values from 1e-6 to 1e6, eight per decade: first every second decade, then around the best so far with the
/// step halved until it is an eighth of a decade, which takes at most 15 fits. Source: Radford et al. 2021, Appendix A.3.
/// </remarks>
public static class LinearProbeSweep
{
    private const int StepsPerDecade = 8;
    private const int FirstStep = 2 * StepsPerDecade;
    private const int LowestDecade = -6;
    private const int LastStep = 12 * StepsPerDecade;

    /// <summary>Runs the sweep.</summary>
    /// <param name="train">Rows that are fitted to.</param>
    /// <param name="validation">Rows that decide about C, fitted to in the end as well.</param>
    /// <param name="test">Rows that are only measured.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="score">
    /// What to maximize on the validation rows: null for <see cref="ClassificationMetrics.Top1"/>; the paper takes
    /// <see cref="ClassificationMetrics.MeanPerClassRecall"/> for some sets.
    /// </param>
    /// <param name="progress">Told after each fit of the search.</param>
    /// <param name="cancellationToken">Ends the work between evaluations of a loss.</param>
    /// <exception cref="ArgumentException">The three differ in the size of rows or in classes, or a feature is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LinearProbeSweepResult Run(
        LabelledFeatures train,
        LabelledFeatures validation,
        LabelledFeatures test,
        LinearProbeOptions? options = null,
        Func<ClassificationMetrics, double>? score = null,
        IProgress<LinearProbeTrial>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(test);
        train.RequireLike(validation, nameof(validation));
        train.RequireLike(test, nameof(test));
        score ??= metrics => metrics.Top1;

        var trials = new OrderedDictionary<int, LinearProbeTrial>();
        var best = Search(step =>
        {
            var probe = LinearProbe.Fit(train, ValueAt(step), options, cancellationToken);
            var trial = new LinearProbeTrial(
                probe.Regularization, score(probe.Evaluate(validation)), probe.Evaluate(train).Top1, probe.Loss, probe.Iterations, probe.Converged);
            trials.Add(step, trial);
            progress?.Report(trial);
            return trial.ValidationScore;
        });

        var all = train.Concat(validation);
        var final = LinearProbe.Fit(all, ValueAt(best), options, cancellationToken);
        return new LinearProbeSweepResult
        {
            Regularization = final.Regularization,
            Trials = [.. trials.Values],
            Probe = final,
            Train = final.Evaluate(all),
            Test = final.Evaluate(test),
        };
    }

    /// <summary>The C of a step: 10^-6 at 0, 10^6 at 96.</summary>
    internal static double ValueAt(int step) => Math.Pow(10, LowestDecade + ((double)step / StepsPerDecade));

    /// <summary>The step with the highest score that the search finds; of equal ones the lowest.</summary>
    /// <param name="score">Called once per step that is looked at.</param>
    internal static int Search(Func<int, double> score)
    {
        var scores = new SortedDictionary<int, double>();
        for (var step = 0; step <= LastStep; step += FirstStep)
            scores.Add(step, score(step));
        for (var width = FirstStep / 2; width >= 1; width /= 2)
        {
            var peak = Best();
            foreach (var step in (int[])[peak - width, peak + width])
            {
                if (step is >= 0 and <= LastStep)
                    scores.Add(step, score(step));
            }
        }
        return Best();

        // MaxBy takes the first of equal ones, and the steps are sorted.
        int Best() => scores.MaxBy(pair => pair.Value).Key;
    }
}
