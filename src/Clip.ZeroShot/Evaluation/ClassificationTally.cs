namespace Clip.ZeroShot.Evaluation;

/// <summary>Counts right and wrong answers while they come in, in memory that does not grow with them.</summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public sealed class ClassificationTally
{
    private readonly long[] _examples;
    private readonly long[] _correct;
    private readonly long[] _ranks;
    private readonly long[,]? _confusion;

    /// <summary>Starts at zero.</summary>
    /// <param name="classCount">Number of classes, at least 1.</param>
    /// <param name="recordConfusion">Whether to count which class is taken for which, in a matrix of classCount².</param>
    public ClassificationTally(int classCount, bool recordConfusion = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        ClassCount = classCount;
        _examples = new long[classCount];
        _correct = new long[classCount];
        _ranks = new long[classCount];
        _confusion = recordConfusion ? new long[classCount, classCount] : null;
    }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Counts one example.</summary>
    /// <param name="scores">One number per class: similarities, logits or probabilities, the highest being the answer. Ties go to the lower index.</param>
    /// <param name="label">The right class.</param>
    /// <exception cref="ArgumentException">There is not one score per class, a score is NaN, or there is no such class.</exception>
    public void Add(ReadOnlySpan<float> scores, int label)
    {
        if (scores.Length != ClassCount)
            throw new ArgumentException($"There are {ClassCount} classes, but {scores.Length} scores.", nameof(scores));
        if (label < 0 || label >= ClassCount)
            throw new ArgumentException($"A label is from 0 to {ClassCount - 1}, but this one is {label}.", nameof(label));

        var (rank, best) = (0, 0);
        var right = scores[label];
        for (var i = 0; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i]))
                throw new ArgumentException($"The score of class {i} is NaN.", nameof(scores));
            if (scores[i] > right || (scores[i] == right && i < label))
                rank++;
            if (scores[i] > scores[best])
                best = i;
        }

        _examples[label]++;
        _ranks[rank]++;
        if (rank == 0)
            _correct[label]++;
        if (_confusion is not null)
            _confusion[label, best]++;
    }

    /// <summary>The figures so far.</summary>
    /// <exception cref="InvalidOperationException">Nothing was counted.</exception>
    public ClassificationMetrics ToMetrics() => _examples.Sum() > 0
        ? new ClassificationMetrics([.. _examples], [.. _correct], [.. _ranks], (long[,]?)_confusion?.Clone())
        : throw new InvalidOperationException("No example was counted, so there is nothing to take a share of.");
}
