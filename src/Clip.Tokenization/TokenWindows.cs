namespace Clip.Tokenization;

/// <summary>Rows of token ids, one or more for each text.</summary>
public sealed class TokenWindows
{
    private readonly int[] _firstRows;

    internal TokenWindows(long[] ids, int[] firstRows, int contextLength)
    {
        Ids = ids;
        _firstRows = firstRows;
        ContextLength = contextLength;
    }

    /// <summary>The rows one after another, <see cref="ContextLength"/> ids each.</summary>
    public ReadOnlyMemory<long> Ids { get; }

    /// <summary>Tokens per row.</summary>
    public int ContextLength { get; }

    /// <summary>Number of texts.</summary>
    public int Texts => _firstRows.Length - 1;

    /// <summary>Number of rows.</summary>
    public int Rows => _firstRows[^1];

    /// <summary>The rows that belong to one text.</summary>
    /// <param name="text">Its place among the texts, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such text.</exception>
    public Range RowsOf(int text)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(text, Texts);
        return _firstRows[text].._firstRows[text + 1];
    }

    /// <summary>The ids of one row.</summary>
    /// <param name="row">From 0 to <see cref="Rows"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<long> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        return Ids.Span.Slice(row * ContextLength, ContextLength);
    }
}
