using Clip.Shared;

namespace Clip.ZeroShot;

/// <summary>Which of some classes each place of an image is most like.</summary>
/// <remarks><see cref="ZeroShotClassifier.Segment"/> makes it.</remarks>
public sealed class LabelMap
{
    // [classes][places]
    private readonly float[][] _similarities;

    internal LabelMap(IReadOnlyList<string> classNames, int height, int width, float[][] similarities)
    {
        ClassNames = classNames;
        Height = height;
        Width = width;
        _similarities = similarities;
        Labels = Choose(similarities);
    }

    /// <summary>The names by class index.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Rows of places.</summary>
    public int Height { get; }

    /// <summary>Places in a row.</summary>
    public int Width { get; }

    /// <summary>The index of the class of each place, row by row.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>The name of the class of a place.</summary>
    /// <param name="row">From the top, from 0.</param>
    /// <param name="column">From the left, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public string this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Height, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Width, nameof(column));
            return ClassNames[Labels[row * Width + column]];
        }
    }

    /// <summary>The map in another size: similarities are interpolated between the middles of places, and then the best is taken.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <returns>The index of a class for each of them, row by row.</returns>
    public int[] Resize(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return Choose([.. _similarities.Select(map => MapInterpolation.Resize(map, Height, Width, height, width))]);
    }

    private static int[] Choose(float[][] similarities)
    {
        var labels = new int[similarities[0].Length];
        for (var place = 0; place < labels.Length; place++)
        {
            for (var i = 1; i < similarities.Length; i++)
            {
                if (similarities[i][place] > similarities[labels[place]][place])
                    labels[place] = i;
            }
        }
        return labels;
    }
}
