using System.Collections.Immutable;

namespace Clip.ZeroShot.Evaluation;

/// <summary>How often the right class was answered.</summary>
public sealed class ClassificationMetrics
{
    private readonly ImmutableArray<long> _correct;
    private readonly ImmutableArray<long> _ranks;
    private readonly long[,]? _confusion;

    internal ClassificationMetrics(ImmutableArray<long> examples, ImmutableArray<long> correct, ImmutableArray<long> ranks, long[,]? confusion)
    {
        ExamplesPerClass = examples;
        Count = examples.Sum();
        _correct = correct;
        _ranks = ranks;
        _confusion = confusion;
    }

    /// <summary>Number of examples, at least 1.</summary>
    public long Count { get; }

    /// <summary>Number of classes.</summary>
    public int ClassCount => ExamplesPerClass.Length;

    /// <summary>Examples of each class.</summary>
    public ImmutableArray<long> ExamplesPerClass { get; }

    /// <summary>The share of examples whose likeliest class is the right one, from 0 to 1.</summary>
    public double Top1 => GetTopK(1);

    /// <summary>The share of examples with the right class among the five likeliest.</summary>
    public double Top5 => GetTopK(5);

    /// <summary>The mean, over the classes that have examples, of the share that is answered rightly: every class counts the same.</summary>
    public double MeanPerClassRecall
    {
        get
        {
            var (sum, classes) = (0.0, 0);
            for (var label = 0; label < ClassCount; label++)
            {
                if (GetRecall(label) is not { } recall)
                    continue;
                sum += recall;
                classes++;
            }
            return sum / classes;
        }
    }

    /// <summary>Counts a whole set at once.</summary>
    /// <param name="scores">Per example one number per class, the highest being the answer. Ties go to the lower index.</param>
    /// <param name="labels">The right classes.</param>
    /// <param name="recordConfusion">Whether to count which class is taken for which.</param>
    /// <exception cref="ArgumentException">There are none, the lists differ in length, rows differ in length, a score is NaN, or a label is no class.</exception>
    public static ClassificationMetrics Compute(IReadOnlyList<float[]> scores, IReadOnlyList<int> labels, bool recordConfusion = false)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(labels);
        if (scores.Count == 0 || scores.Count != labels.Count)
            throw new ArgumentException($"There are {scores.Count} rows of scores and {labels.Count} labels; both have to be the same number, at least 1.", nameof(labels));

        var tally = new ClassificationTally(scores[0].Length, recordConfusion);
        for (var i = 0; i < scores.Count; i++)
            tally.Add(scores[i], labels[i]);
        return tally.ToMetrics();
    }

    /// <summary>The share of examples with the right class among the <paramref name="k"/> likeliest.</summary>
    /// <param name="k">At least 1; beyond the number of classes everything is right.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is less than 1.</exception>
    public double GetTopK(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return (double)_ranks.Take(k).Sum() / Count;
    }

    /// <summary>The share of a class's examples that is answered rightly; null for a class without examples.</summary>
    /// <param name="label">The class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public double? GetRecall(int label)
    {
        RequireClass(label, nameof(label));
        return ExamplesPerClass[label] == 0 ? null : (double)_correct[label] / ExamplesPerClass[label];
    }

    /// <summary>How many examples of one class were answered with another.</summary>
    /// <param name="label">The right class.</param>
    /// <param name="answer">The likeliest class.</param>
    /// <exception cref="InvalidOperationException">Confusion was not recorded.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public long GetConfusion(int label, int answer)
    {
        if (_confusion is null)
            throw new InvalidOperationException("The confusion of classes was not recorded; ask for it where the examples are counted.");
        RequireClass(label, nameof(label));
        RequireClass(answer, nameof(answer));
        return _confusion[label, answer];
    }

    private void RequireClass(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, ClassCount, name);
    }
}
