namespace Clip.VectorStores.USearch.Storage;

/// <summary>Where rows lie in the log. A row keeps its number; a record that is replaced gets a new one, and its old row is dead.</summary>
internal sealed class RowTable
{
    private readonly Dictionary<object, int> _rows = [];
    private readonly List<(long Offset, int Length)> _places = [];

    /// <summary>Rows, those that are dead included.</summary>
    public int Count => _places.Count;

    /// <summary>Records.</summary>
    public int LiveCount => _rows.Count;

    /// <summary>Puts a record in place of one with the same key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="offset">Where its row begins in the log.</param>
    /// <param name="length">Bytes of its row.</param>
    public void Put(object key, long offset, int length)
    {
        Remove(key);
        _rows[key] = _places.Count;
        _places.Add((offset, length));
    }

    /// <summary>Removes a record, if it is there.</summary>
    /// <param name="key">Its key.</param>
    public void Remove(object key)
    {
        if (_rows.Remove(key, out var row))
            _places[row] = default;
    }

    /// <summary>The row of a record; null where there is none.</summary>
    /// <param name="key">Its key.</param>
    public int? Find(object key) => _rows.TryGetValue(key, out var row) ? row : null;

    /// <summary>Where a row lies; null where it is dead.</summary>
    /// <param name="row">Its number, from 0 to <see cref="Count"/>.</param>
    public (long Offset, int Length)? Place(int row) => _places[row] is { Length: > 0 } place ? place : null;
}
