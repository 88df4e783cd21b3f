using System.Runtime.InteropServices;
using Clip.Checkpoints.Writing;

namespace Clip.Checkpoints;

/// <summary>A tensor of a <see cref="SafetensorsStream"/> whose rows come one by one.</summary>
public sealed class SafetensorsRows
{
    private readonly long _rowLength;

    internal SafetensorsRows(string name, long[] rowShape, long rowLength, Spool elements)
    {
        (Name, RowShape, _rowLength, Elements) = (name, rowShape, rowLength, elements);
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>Rows so far.</summary>
    public long Count { get; private set; }

    internal long[] RowShape { get; }

    internal Spool Elements { get; }

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its elements.</param>
    /// <exception cref="ArgumentException">They are not as many as a row has.</exception>
    public void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != _rowLength)
            throw new ArgumentException($"A row of '{Name}' has {_rowLength} elements, not {row.Length}.", nameof(row));
        Elements.Stream.Write(MemoryMarshal.AsBytes(row));
        Count++;
    }
}
