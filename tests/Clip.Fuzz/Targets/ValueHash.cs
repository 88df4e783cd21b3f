using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Clip.Fuzz.Targets;

/// <summary>Joins values to one number.</summary>
internal sealed class ValueHash
{
    private readonly XxHash3 _hash = new();

    /// <summary>The number.</summary>
    public ulong Value => _hash.GetCurrentHashAsUInt64();

    public ValueHash Add<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        _hash.Append(MemoryMarshal.AsBytes(values));
        return this;
    }

    public ValueHash Add(string text) => Add(text.AsSpan());

    /// <summary>Takes a tensor's bytes.</summary>
    public ValueHash Add(Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return Add<byte>(contiguous.bytes);
    }
}
