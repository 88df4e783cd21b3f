using System.Runtime.InteropServices;
using Clip.Checkpoints.Writing;

namespace Clip.Checkpoints;

/// <summary>A tensor of a <see cref="SafetensorsStream"/> whose rows come one by one.</summary>
public sealed class SafetensorsRows
{
    private readonly long _rowLength;

    private readonly Half[]? _half;

    internal SafetensorsRows(string name, long[] rowShape, long rowLength, Spool elements, bool isHalf)
    {
        (Name, RowShape, _rowLength, Elements) = (name, rowShape, rowLength, elements);
        _half = isHalf ? new Half[rowLength] : null;
    }

    /// <summary>The tensor's name.</summary>
    public string Name { get; }

    /// <summary>Rows so far.</summary>
    public long Count { get; private set; }

    internal long[] RowShape { get; }

    internal string DType => _half is null ? "F32" : "F16";

    internal Spool Elements { get; }

    /// <summary>Adds a row.</summary>
    /// <param name="row">Its elements, which are rounded where the tensor is float16.</param>
    /// <exception cref="ArgumentException">They are not as many as a row has.</exception>
    public void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != _rowLength)
            throw new ArgumentException($"A row of '{Name}' has {_rowLength} elements, not {row.Length}.", nameof(row));
        if (_half is null)
        {
            Elements.Stream.Write(MemoryMarshal.AsBytes(row));
        }
        else
        {
            for (var i = 0; i < row.Length; i++)
                _half[i] = (Half)row[i];
            Elements.Stream.Write(MemoryMarshal.AsBytes<Half>(_half));
        }
        Count++;
    }
}
