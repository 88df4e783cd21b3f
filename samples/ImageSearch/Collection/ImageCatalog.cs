namespace ImageSearch;

/// <summary>The keys of all images in memory, the newest first: their number, and pages of them, which stores do not have. For any threads.</summary>
internal sealed class ImageCatalog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, long> _added = [];
    // Sorted, the oldest first, so that what is new goes to the end.
    private readonly List<(long Added, Guid Id)> _order = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _added.Count;
        }
    }

    /// <summary>Whether an image is there.</summary>
    public bool Contains(Guid id)
    {
        lock (_lock)
            return _added.ContainsKey(id);
    }

    /// <summary>Adds an image.</summary>
    /// <returns>Whether it was not there.</returns>
    public bool Add(Guid id, DateTimeOffset added)
    {
        var item = (added.UtcTicks, id);
        lock (_lock)
        {
            if (!_added.TryAdd(id, item.UtcTicks))
                return false;
            if (_order.Count == 0 || _order[^1].CompareTo(item) < 0)
                _order.Add(item);
            else
                _order.Insert(~_order.BinarySearch(item), item);
            return true;
        }
    }

    /// <summary>Takes an image out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(Guid id)
    {
        lock (_lock)
        {
            if (!_added.Remove(id, out var added))
                return false;
            _order.RemoveAt(_order.BinarySearch((added, id)));
            return true;
        }
    }

    /// <summary>Some keys, the newest first.</summary>
    /// <param name="skip">How many newer ones are left out.</param>
    /// <param name="take">How many at most.</param>
    public Guid[] Page(int skip, int take)
    {
        lock (_lock)
        {
            var end = _order.Count - Math.Min(skip, _order.Count);
            var keys = new Guid[Math.Min(take, end)];
            for (var i = 0; i < keys.Length; i++)
                keys[i] = _order[end - 1 - i].Id;
            return keys;
        }
    }
}
