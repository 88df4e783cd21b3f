namespace Clip.Preprocessing.Resampling;

/// <summary>For each new pixel along one side: the old pixels it is made of, and their weights in fixed point.</summary>
/// <remarks>An instance is prepared again and again; its arrays grow and stay.</remarks>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits of a weight: 32, less 8 of a pixel, less 2 for sums beyond its range.</summary>
    public const int Precision = 22;

    /// <summary>Fraction bits of the low part of a weight that is split into two 16-bit numbers.</summary>
    public const int LowBits = 11;

    private double[] _exact = [];
    private int[] _starts = [];
    private int[] _counts = [];
    private int[] _values = [];
    private int[] _pairStarts = [];
    private uint[] _pairs = [];
    private (Interpolation, int, double, double, long, long, int, bool) _prepared;

    /// <summary>Number of new pixels.</summary>
    public int Count { get; private set; }

    /// <summary>First old pixel of each new one.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Count);

    /// <summary>Number of old pixels of each new one.</summary>
    public ReadOnlySpan<int> Counts => _counts.AsSpan(0, Count);

    /// <summary>Space for the weights of one new pixel in <see cref="Values"/>.</summary>
    public int Stride { get; private set; }

    /// <summary>The weights, <see cref="Stride"/> for each new pixel.</summary>
    public ReadOnlySpan<int> Values => _values;

    /// <summary>First old pixel of the pairs, moved back where the last pair would reach beyond the end.</summary>
    public ReadOnlySpan<int> PairStarts => _pairStarts.AsSpan(0, Count);

    /// <summary>Number of pairs of each new pixel; those at its end may have no weight.</summary>
    public int PairCount { get; private set; }

    /// <summary>For each pair two words: the high parts of both weights, then the low parts.</summary>
    public ReadOnlySpan<uint> Pairs => _pairs;

    /// <summary>Whether all pairs lie inside the old pixels.</summary>
    public bool PairsFit { get; private set; }

    /// <summary>First old pixel that any new one needs.</summary>
    public int FirstNeeded => _starts[0];

    /// <summary>The old pixel after the last that any new one needs.</summary>
    public int EndNeeded => _starts[Count - 1] + _counts[Count - 1];

    /// <summary>Computes the weights of new pixels <paramref name="first"/> and following.</summary>
    /// <param name="interpolation">The filter.</param>
    /// <param name="oldSize">Number of old pixels.</param>
    /// <param name="oldStart">Where the old image begins, in old pixels: 0 unless pixels at an edge stand for less than the others.</param>
    /// <param name="oldExtent">How many old pixels the old image takes: all of them, or a part of one less.</param>
    /// <param name="newSize">Number of new pixels in the whole image.</param>
    /// <param name="first">The first new pixel that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="keepInside">Whether pairs must not reach beyond the old pixels.</param>
    public void Prepare(
        Interpolation interpolation, int oldSize, double oldStart, double oldExtent, long newSize, long first, int count, bool keepInside)
    {
        var key = (interpolation, oldSize, oldStart, oldExtent, newSize, first, count, keepInside);
        if (key == _prepared)
            return;
        _prepared = default;

        var scale = oldExtent / newSize;
        var filterScale = Math.Max(scale, 1.0);
        var support = ResampleFilter.Support(interpolation) * filterScale;
        Stride = Math.Min((int)Math.Ceiling(support) * 2 + 1, oldSize);
        Count = count;
        Reserve();
        for (var i = 0; i < count; i++)
            Compute(interpolation, i, oldSize, oldStart + (first + i + 0.5) * scale, support, 1.0 / filterScale);
        SplitIntoPairs(oldSize, keepInside);
        _prepared = key;
    }

    private void Reserve()
    {
        Grow(ref _exact, Stride);
        Grow(ref _starts, Count);
        Grow(ref _counts, Count);
        Grow(ref _pairStarts, Count);
        Grow(ref _values, checked(Count * Stride));
    }

    // Pillow's own order of operations, in double: another order moves single weights by one.
    private void Compute(Interpolation interpolation, int index, int oldSize, double center, double support, double inverseScale)
    {
        var start = Math.Max((int)(center - support + 0.5), 0);
        var count = (int)Math.Min(center + support + 0.5, oldSize) - start;
        var total = 0.0;
        for (var i = 0; i < count; i++)
        {
            var weight = ResampleFilter.Weight(interpolation, (i + start - center + 0.5) * inverseScale);
            _exact[i] = weight;
            total += weight;
        }
        for (var i = 0; i < count; i++)
        {
            var weight = total != 0.0 ? _exact[i] / total : _exact[i];
            _values[index * Stride + i] = (int)(weight * (1 << Precision) + (weight < 0 ? -0.5 : 0.5));
        }
        _starts[index] = start;
        _counts[index] = count;
    }

    private void SplitIntoPairs(int oldSize, bool keepInside)
    {
        var most = 0;
        foreach (var count in Counts)
            most = Math.Max(most, count);
        PairCount = (most + 1) / 2;
        PairsFit = !keepInside || 2 * PairCount <= oldSize;
        Grow(ref _pairs, checked(Count * PairCount * 2));
        var pairs = _pairs.AsSpan(0, Count * PairCount * 2);
        pairs.Clear();
        for (var index = 0; index < Count; index++)
        {
            var shift = keepInside && PairsFit ? Math.Max(0, _starts[index] + 2 * PairCount - oldSize) : 0;
            _pairStarts[index] = _starts[index] - shift;
            for (var i = 0; i < _counts[index]; i++)
            {
                var weight = _values[index * Stride + i];
                var at = (index * PairCount + (i + shift) / 2) * 2;
                var half = 16 * ((i + shift) & 1);
                pairs[at] |= (uint)(ushort)(weight >> LowBits) << half;
                pairs[at + 1] |= (uint)(weight & ((1 << LowBits) - 1)) << half;
            }
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[length];
    }
}
