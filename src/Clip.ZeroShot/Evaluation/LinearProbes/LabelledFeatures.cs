using System.Collections.Immutable;

namespace Clip.ZeroShot.Evaluation;

/// <summary>Features of images with their classes, for a linear probe.</summary>
public sealed class LabelledFeatures
{
    /// <summary>Takes features and labels.</summary>
    /// <param name="features">
    /// One row per image, all of the same length, not copied. The paper takes the tower's features before the projection, unscaled
    /// (<see cref="ClipModel.GetImageFeatures"/>); embeddings work too.
    /// </param>
    /// <param name="labels">One class per image, from 0.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">There are none, the lists differ in length, rows differ in length, or a label is no class.</exception>
    public LabelledFeatures(IReadOnlyList<float[]> features, IReadOnlyList<int> labels, int classCount)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 2);
        if (features.Count == 0 || features.Count != labels.Count)
            throw new ArgumentException($"There are {features.Count} rows of features and {labels.Count} labels; both have to be the same number, at least 1.", nameof(labels));
        for (var i = 0; i < features.Count; i++)
        {
            if (features[i].Length == 0 || features[i].Length != features[0].Length)
                throw new ArgumentException($"Row {i} has {features[i].Length} numbers, but row 0 has {features[0].Length}.", nameof(features));
            if (labels[i] < 0 || labels[i] >= classCount)
                throw new ArgumentException($"Label {i} is {labels[i]}, but the classes are 0 to {classCount - 1}.", nameof(labels));
        }
        Features = features;
        Labels = [.. labels];
        ClassCount = classCount;
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<float[]> Features { get; }

    /// <summary>The classes, in the order of the rows.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>Number of rows, N.</summary>
    public int Count => Labels.Length;

    /// <summary>Elements of a row, D.</summary>
    public int FeatureSize => Features[0].Length;

    /// <summary>Number of classes, C.</summary>
    public int ClassCount { get; }

    /// <summary>These rows and then others.</summary>
    /// <param name="others">Rows of the same size and classes.</param>
    /// <exception cref="ArgumentException">Sizes or classes differ.</exception>
    public LabelledFeatures Concat(LabelledFeatures others)
    {
        ArgumentNullException.ThrowIfNull(others);
        RequireLike(others, nameof(others));
        return new LabelledFeatures([.. Features, .. others.Features], [.. Labels, .. others.Labels], ClassCount);
    }

    internal void RequireLike(LabelledFeatures others, string name)
    {
        if (others.FeatureSize != FeatureSize || others.ClassCount != ClassCount)
            throw new ArgumentException($"Expected rows of {FeatureSize} numbers in {ClassCount} classes, but they have {others.FeatureSize} in {others.ClassCount}.", name);
    }
}
