namespace Clip.Checkpoints.Pickle;

/// <summary>The stack of a pickle machine, with marks below which nothing can be taken until they are gone.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private readonly List<object?> _values = [];
    private readonly Stack<int> _marks = new();

    private int Floor => _marks.TryPeek(out var mark) ? mark : 0;

    public void Push(object? value) => _values.Add(value);

    public object? Pop()
    {
        var top = Top();
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    public object? Top() =>
        _values.Count > Floor ? _values[^1] : throw input.Error("takes a value from an empty stack");

    /// <summary>Takes a value that has to be of a type.</summary>
    public T Pop<T>(string description) =>
        Pop() is T value ? value : throw input.Error($"has another value where {description} has to be");

    /// <summary>Looks at a value that has to be of a type.</summary>
    public T Top<T>(string description) =>
        Top() is T value ? value : throw input.Error($"has another value where {description} has to be");

    public void Mark() => _marks.Push(_values.Count);

    /// <summary>Takes the mark and all values above it, in the order in which they were pushed.</summary>
    public List<object?> PopToMark()
    {
        if (!_marks.TryPop(out var mark))
            throw input.Error("takes a mark from a stack that has none");
        var values = _values.GetRange(mark, _values.Count - mark);
        _values.RemoveRange(mark, values.Count);
        return values;
    }

    /// <summary>Takes a number of values, in the order in which they were pushed.</summary>
    public List<object?> PopMany(int count)
    {
        if (_values.Count - count < Floor)
            throw input.Error("takes a value from an empty stack");
        var values = _values.GetRange(_values.Count - count, count);
        _values.RemoveRange(_values.Count - count, count);
        return values;
    }

    /// <summary>Takes the mark, or the value when there is no mark above it, as Python's POP does.</summary>
    public void PopValueOrMark()
    {
        if (_marks.TryPeek(out var mark) && mark == _values.Count)
            _marks.Pop();
        else
            Pop();
    }
}
