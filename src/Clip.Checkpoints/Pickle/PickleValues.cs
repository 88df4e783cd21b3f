using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

// A pickle's values: null for None, bool, long, BigInteger, float, double, string, byte[], the types below and numpy's.

/// <summary>A dictionary, in the order in which its entries were set.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Entries { get; } = [];
}

/// <summary>A list, tuple or set.</summary>
internal sealed class PickleSequence(PickleSequenceKind kind, List<object?> items)
{
    public PickleSequenceKind Kind { get; } = kind;

    public List<object?> Items { get; } = items;
}

/// <summary>Which Python type a sequence was.</summary>
internal enum PickleSequenceKind
{
    List,
    Tuple,
    Set,
}

/// <summary>A module of a TorchScript archive: attributes under names.</summary>
internal sealed class PickleObject
{
    /// <summary>Its attributes; null until they are set.</summary>
    public object? State { get; set; }
}

/// <summary>A reference to bytes that lie outside the pickle, or the bytes of a numpy array in it.</summary>
/// <param name="Element">How its elements are stored; null for one that counts bytes.</param>
/// <param name="Key">What the container calls it.</param>
/// <param name="Count">Its elements, or bytes when it has no element type.</param>
/// <param name="View">The part of it that is meant, in the same unit.</param>
/// <param name="Bytes">The bytes themselves where the pickle holds them.</param>
internal sealed record PickleStorage(ElementType? Element, string Key, long Count, (long Offset, long Count) View, byte[]? Bytes = null);

/// <summary>A tensor over a storage; nothing about it has been checked against the storage.</summary>
internal sealed record PickleTensor(PickleStorage Storage, ElementType Element, long Offset, long[] Sizes, long[] Strides);
