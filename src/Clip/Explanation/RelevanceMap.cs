using Clip.Shared;

namespace Clip;

/// <summary>How much the places of an image have to do with a text.</summary>
/// <remarks>Values compare within one map: they are differences of cosine similarities, whose size says nothing across images.</remarks>
public sealed class RelevanceMap
{
    private readonly float[] _values;
    private readonly SeenImage _seen;

    internal RelevanceMap(string text, float similarity, int height, int width, float[] values, SeenImage seen)
    {
        Text = text;
        Similarity = similarity;
        Height = height;
        Width = width;
        _values = values;
        _seen = seen;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Cosine similarity of the whole image and the text.</summary>
    public float Similarity { get; }

    /// <summary>Rows of places.</summary>
    public int Height { get; }

    /// <summary>Places in a row.</summary>
    public int Width { get; }

    /// <summary>The relevance of all places, row by row: positive where the place speaks for the text, negative where against it.</summary>
    public ReadOnlyMemory<float> Values => _values;

    /// <summary>The relevance of a place.</summary>
    /// <param name="row">From the top, from 0.</param>
    /// <param name="column">From the left, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    public float this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Height, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Width, nameof(column));
            return _values[row * Width + column];
        }
    }

    /// <summary>The map in another size, interpolated between the middles of its places.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <returns>Values row by row.</returns>
    public float[] Resize(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return MapInterpolation.Resize(_values, Height, Width, height, width);
    }

    /// <summary>Draws the image as the network saw it, resized and cropped, with what is relevant in warm colors and the rest in the dark.</summary>
    /// <returns>The bytes of a PNG file.</returns>
    public byte[] ToPng() => RelevanceOverlay.Draw(_seen, Resize(_seen.Height, _seen.Width));
}
