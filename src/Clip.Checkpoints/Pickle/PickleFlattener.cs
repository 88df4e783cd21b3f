using System.Globalization;
using System.Numerics;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>Turns nested values into names: keys, positions and attributes on the way to a value, joined by full stops.</summary>
/// <remarks>
/// Walks with a stack of its own, so that depth costs no call stack, and within <see cref="PickleLimits"/>, so that a few
/// bytes that refer to each other cannot become many names.
/// </remarks>
internal sealed class PickleFlattener
{
    private readonly CheckpointFile _file;
    private readonly Stack<(string? Prefix, IEnumerator<(string Key, object? Value)> Children)> _open = new();
    private long _characters;

    private PickleFlattener(CheckpointFile file) => _file = file;

    /// <summary>The tensors by name, in order.</summary>
    public OrderedDictionary<string, PickleTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The other values by name, in order, written in the invariant culture.</summary>
    public OrderedDictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Flattens the value of a whole pickle.</summary>
    public static PickleFlattener Flatten(CheckpointFile file, object? root)
    {
        var flattener = new PickleFlattener(file);
        if (flattener.Children(root) is not { } children)
        {
            throw file.Error(root is PickleTensor or NumpyArray
                ? "holds one tensor without a name. Save a dictionary of tensors."
                : "holds a single value rather than named tensors. Save a dictionary of tensors, such as a state_dict().");
        }
        flattener._open.Push((null, children));
        flattener.Walk();
        return flattener;
    }

    private void Walk()
    {
        while (_open.TryPeek(out var level))
        {
            if (!level.Children.MoveNext())
            {
                _open.Pop();
                continue;
            }

            var (key, value) = level.Children.Current;
            Spend((level.Prefix?.Length ?? 0) + key.Length + PickleLimits.CharactersPerName, level.Prefix ?? key);
            var name = level.Prefix is null ? key : $"{level.Prefix}.{key}";
            if (Children(value) is not { } children)
                AddLeaf(name, value);
            else if (_open.Count < PickleLimits.Depth)
                _open.Push((name, children));
            else
                throw _file.Error($"is nested more than {PickleLimits.Depth} deep, or refers to itself, at {Text.Quote(name)}.");
        }
    }

    private void AddLeaf(string name, object? value)
    {
        if (Tensors.ContainsKey(name) || Metadata.ContainsKey(name))
            throw _file.Error($"has two values that are both named {Text.Quote(name)} once nested names are joined.");
        if (value is NumpyArray array)
            value = array.Tensor ?? throw _file.Error($"has a numpy array without elements at {Text.Quote(name)}.");
        if (value is PickleTensor tensor)
        {
            Tensors.Add(name, tensor);
            return;
        }

        var text = Describe(value);
        Spend(text.Length, name);
        Metadata.Add(name, text);
    }

    private void Spend(int characters, string name)
    {
        _characters += characters;
        if (_characters > PickleLimits.FlattenedCharacters)
            throw _file.Error($"grows past {PickleLimits.FlattenedCharacters:N0} characters of names when it is flattened, at {Text.Quote(name)}.");
    }

    private IEnumerator<(string Key, object? Value)>? Children(object? value) => value switch
    {
        PickleDictionary dictionary => Entries(dictionary),
        PickleSequence sequence => Items(sequence),
        PickleObject { State: PickleDictionary attributes } => Entries(attributes),
        PickleObject { State: PickleSequence items } => Items(items),
        PickleObject { State: null } => Enumerable.Empty<(string, object?)>().GetEnumerator(),
        _ => null,
    };

    private IEnumerator<(string Key, object? Value)> Entries(PickleDictionary dictionary)
    {
        foreach (var (key, value) in dictionary.Entries)
        {
            if (key is null or string or bool or long or BigInteger or float or double)
                yield return (Describe(key), value);
            else
                throw _file.Error("has a dictionary whose keys are neither text nor numbers.");
        }
    }

    private static IEnumerator<(string Key, object? Value)> Items(PickleSequence sequence)
    {
        for (var i = 0; i < sequence.Items.Count; i++)
            yield return (i.ToString(CultureInfo.InvariantCulture), sequence.Items[i]);
    }

    private string Describe(object? value) => value switch
    {
        null => "None",
        string text => text,
        byte[] bytes => Convert.ToHexStringLower(bytes),
        PickleGlobal global => global.Name,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        bool flag => flag ? "True" : "False",
        PickleStorage storage => $"storage {storage.Key}",
        _ => throw _file.Error("has a value of an unknown kind."),
    };
}
