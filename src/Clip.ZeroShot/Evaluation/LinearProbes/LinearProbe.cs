using System.Numerics.Tensors;

namespace Clip.ZeroShot.Evaluation;

/// <summary>A linear classifier on frozen features: how much of a set of classes a model's features separate; immutable.</summary>
/// <remarks>
/// <para>
/// Multinomial logistic regression by L-BFGS with the objective of scikit-learn's <c>LogisticRegression</c>: C times the summed
/// cross-entropy plus half the squared weights, the intercept unpenalized, in double precision. Two classes are a softmax of two as well.
/// </para>
/// <para>Source: Radford et al. 2021, section 3.2 and Appendix A.3.</para>
/// </remarks>
public sealed class LinearProbe
{
    private readonly double[] _parameters;

    private LinearProbe(LogisticLoss loss, double regularization, LogisticMinimum minimum)
    {
        ClassCount = loss.Classes;
        FeatureSize = loss.Size;
        Regularization = regularization;
        Loss = minimum.Loss;
        Converged = minimum.Converged;
        Iterations = minimum.Iterations;
        Evaluations = minimum.Evaluations;
        _parameters = minimum.Parameters;
    }

    /// <summary>Number of classes, C.</summary>
    public int ClassCount { get; }

    /// <summary>Elements of a row of features, D.</summary>
    public int FeatureSize { get; }

    /// <summary>scikit-learn's C, the inverse of the penalty on the weights: the smaller, the closer to zero they stay.</summary>
    public double Regularization { get; }

    /// <summary>The objective per row: mean cross-entropy in nats, plus the squared weights over twice C times the number of rows.</summary>
    public double Loss { get; }

    /// <summary>Whether the loss's gradient is within the tolerance; if not, more iterations would still change the weights.</summary>
    public bool Converged { get; }

    /// <summary>Steps of L-BFGS; null where it was given up since no step changed the loss any more in double precision.</summary>
    public int? Iterations { get; }

    /// <summary>How often the loss and its gradient were computed.</summary>
    public int Evaluations { get; }

    /// <summary>The weights, [C, D], one class after another.</summary>
    public ReadOnlySpan<double> Weights => _parameters.AsSpan(0, ClassCount * FeatureSize);

    /// <summary>The intercepts, [C].</summary>
    public ReadOnlySpan<double> Intercepts => _parameters.AsSpan(ClassCount * FeatureSize);

    /// <summary>Fits a probe.</summary>
    /// <param name="data">Features and labels.</param>
    /// <param name="regularization">scikit-learn's C, positive; find it with <see cref="LinearProbeSweep"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between evaluations of the loss.</param>
    /// <exception cref="ArgumentException">A feature is NaN or infinite, or the device has no double precision.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LinearProbe Fit(
        LabelledFeatures data, double regularization, LinearProbeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(regularization > 0 && double.IsFinite(regularization)))
            throw new ArgumentOutOfRangeException(nameof(regularization), regularization, "C has to be a positive number.");
        options ??= new LinearProbeOptions();
        options.Validate();

        using var loss = new LogisticLoss(data, regularization, options.Device);
        return new LinearProbe(loss, regularization, new LogisticMinimizer(loss, options, cancellationToken).Minimize());
    }

    /// <summary>The logarithms of the class probabilities, up to a number that they share.</summary>
    /// <param name="features">D elements.</param>
    /// <exception cref="ArgumentException">There are not D of them.</exception>
    public float[] GetLogits(ReadOnlySpan<float> features)
    {
        if (features.Length != FeatureSize)
            throw new ArgumentException($"Expected {FeatureSize} numbers, but there are {features.Length}.", nameof(features));
        var row = new double[FeatureSize];
        TensorPrimitives.ConvertChecked(features, row);
        var logits = new float[ClassCount];
        for (var label = 0; label < ClassCount; label++)
            logits[label] = (float)(TensorPrimitives.Dot<double>(Weights.Slice(label * FeatureSize, FeatureSize), row) + Intercepts[label]);
        return logits;
    }

    /// <summary>Counts right answers on features that may be others than it was fitted to.</summary>
    /// <param name="data">Rows of the same size and classes.</param>
    /// <param name="recordConfusion">Whether to count which class is taken for which.</param>
    /// <exception cref="ArgumentException">Sizes or classes differ.</exception>
    public ClassificationMetrics Evaluate(LabelledFeatures data, bool recordConfusion = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.ClassCount != ClassCount)
            throw new ArgumentException($"The probe has {ClassCount} classes, but the data {data.ClassCount}.", nameof(data));

        var tally = new ClassificationTally(ClassCount, recordConfusion);
        for (var i = 0; i < data.Count; i++)
            tally.Add(GetLogits(data.Features[i]), data.Labels[i]);
        return tally.ToMetrics();
    }
}
