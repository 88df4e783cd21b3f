using System.Globalization;
using System.Text;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>Builds the data that a known Python name with its arguments stands for.</summary>
internal sealed class PickleBuilder(PickleInput input)
{
    private readonly NumpyValues _numpy = new(input);
    private readonly List<PickleStorage> _storages = [];
    private long _copied;

    /// <summary>Every storage that was referred to.</summary>
    public IReadOnlyList<PickleStorage> Storages => _storages;

    /// <summary>What calling a known name gives.</summary>
    public object? Call(PickleGlobal global, List<object?> arguments) => (global.Kind, arguments) switch
    {
        (PickleGlobalKind.Dictionary, []) => new PickleDictionary(),
        // Copies share their items: what is built here is only read.
        (PickleGlobalKind.Dictionary, [PickleDictionary dictionary]) => dictionary,
        (PickleGlobalKind.Dictionary, [PickleSequence pairs]) => FromPairs(pairs),
        (PickleGlobalKind.DefaultDictionary, [] or [_]) => new PickleDictionary(),
        (PickleGlobalKind.DefaultDictionary, [_, PickleDictionary dictionary]) => dictionary,
        (PickleGlobalKind.List, []) => new PickleSequence(PickleSequenceKind.List, []),
        (PickleGlobalKind.Tuple, []) => new PickleSequence(PickleSequenceKind.Tuple, []),
        (PickleGlobalKind.Set, []) => new PickleSequence(PickleSequenceKind.Set, []),
        (PickleGlobalKind.List, [PickleSequence items]) => new PickleSequence(PickleSequenceKind.List, items.Items),
        (PickleGlobalKind.Tuple, [PickleSequence items]) => new PickleSequence(PickleSequenceKind.Tuple, items.Items),
        (PickleGlobalKind.Set, [PickleSequence items]) => new PickleSequence(PickleSequenceKind.Set, items.Items),
        (PickleGlobalKind.Bytes or PickleGlobalKind.ByteArray, []) => Array.Empty<byte>(),
        (PickleGlobalKind.ByteArray, [byte[] bytes]) => bytes,
        (PickleGlobalKind.ByteArray or PickleGlobalKind.EncodeText, [string text, "latin1" or "latin-1"]) => EncodeLatin1(text),
        (PickleGlobalKind.Device, [string device]) => device,
        (PickleGlobalKind.Device, [string device, long index]) => string.Create(CultureInfo.InvariantCulture, $"{device}:{index}"),
        (PickleGlobalKind.RebuildTensor, [PickleStorage { Element: { } element } storage, .. var rest]) => Tensor(global, storage, element, rest),
        (PickleGlobalKind.RebuildTensorWithDType, [PickleStorage storage, _, _, _, _, _, PickleGlobal { Element: { } element }, ..]) =>
            Tensor(global, storage, element, arguments[1..]),
        (PickleGlobalKind.RebuildParameter, [PickleTensor tensor, ..]) => tensor,
        (PickleGlobalKind.RebuildFromType, [PickleGlobal { Kind: PickleGlobalKind.RebuildTensor or PickleGlobalKind.RebuildTensorWithDType } rebuild,
            PickleGlobal { Kind: PickleGlobalKind.TensorType }, PickleSequence inner, _]) => Call(rebuild, inner.Items),
        (PickleGlobalKind.ScriptList, [PickleSequence items]) => items,
        (PickleGlobalKind.ScriptTypeTag, [var value, string]) => value,
        (PickleGlobalKind.NumpyDType, [string code, ..]) => _numpy.Type(code),
        (PickleGlobalKind.NumpyScalar, [NumpyType type, byte[] bytes]) => _numpy.Scalar(type, bytes),
        (PickleGlobalKind.NumpyArray, [PickleGlobal { Kind: PickleGlobalKind.NumpyArrayType }, PickleSequence, byte[]]) => new NumpyArray(),
        _ => throw Unusual(global),
    };

    /// <summary>Gives a value the state that the pickle has for it; it is refused where the value can have none.</summary>
    public void SetState(object? value, object? state)
    {
        switch (value)
        {
            case PickleObject { State: null } module:
                module.State = state;
                break;
            case PickleDictionary:
                // Attributes of an OrderedDict, such as a state dict's _metadata of module versions: not its items.
                break;
            case NumpyType type:
                _numpy.CheckState(type, state);
                break;
            case NumpyArray array:
                _numpy.SetState(array, state);
                break;
            default:
                throw input.Error("sets the state of a value that has none");
        }
    }

    /// <summary>The storage that a persistent id names: ("storage", type, key, location, count), before 1.6 with a view.</summary>
    public PickleStorage Storage(object? id)
    {
        if (id is not PickleSequence { Items: ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string key, string, long count, .. var rest] }
            || count < 0)
        {
            throw input.Error("refers to something outside itself that is not a tensor's storage");
        }

        // A view: its own key, its first element and its length. The location, such as cuda:0, does not matter here.
        var view = rest switch
        {
            [] or [null] => (0, count),
            [PickleSequence { Items: [string, long offset, long length] }]
                when offset >= 0 && length >= 0 && (Int128)offset + length <= count => (offset, length),
            _ => throw input.Error($"refers to a part of storage {Text.Quote(key)} that is not inside it"),
        };
        var storage = new PickleStorage(type.Element, key, count, view);
        _storages.Add(storage);
        return storage;
    }

    private PickleTensor Tensor(PickleGlobal global, PickleStorage storage, ElementType element, List<object?> arguments)
    {
        // Behind the strides: requires_grad and hooks, which mean nothing for values.
        if (arguments is not [long offset, PickleSequence sizes, PickleSequence strides, ..])
            throw Unusual(global);
        return new PickleTensor(storage, element, offset, Integers(sizes), Integers(strides));
    }

    private long[] Integers(PickleSequence sequence)
    {
        if (sequence.Items.Count > 2 * TensorLayout.MostDimensions)
            throw input.Error($"has a tensor of {sequence.Items.Count} dimensions, more than the {TensorLayout.MostDimensions} that libtorch supports");
        Spend(sequence.Items.Count);
        return [.. sequence.Items.Select(item => item is long value ? value : throw input.Error("has a tensor whose shape is not made of integers"))];
    }

    private PickleDictionary FromPairs(PickleSequence pairs)
    {
        Spend(pairs.Items.Count);
        var dictionary = new PickleDictionary();
        foreach (var pair in pairs.Items)
        {
            if (pair is not PickleSequence { Items: [var key, var value] })
                throw input.Error("makes a dictionary of something that is not pairs");
            dictionary.Entries.Add(new(key, value));
        }
        return dictionary;
    }

    private byte[] EncodeLatin1(string text)
    {
        Spend(text.Length);
        return text.All(c => c <= 0xFF) ? Encoding.Latin1.GetBytes(text) : throw input.Error("has bytes that are not Latin-1");
    }

    // What a call copies can be copied again by a few more bytes of pickle, so it counts.
    private void Spend(int items)
    {
        _copied += items;
        if (_copied > PickleLimits.CopiedItems)
            throw input.Error($"copies more than {PickleLimits.CopiedItems:N0} items or bytes");
    }

    private CheckpointException Unusual(PickleGlobal global) =>
        input.Error($"uses {Text.Quote(global.Name)} in a way that is not supported");
}
