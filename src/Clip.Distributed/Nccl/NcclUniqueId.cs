using System.Runtime.InteropServices;

namespace Clip.Distributed.Nccl;

/// <summary>What the ranks of a communicator find each other by; the first rank draws it.</summary>
/// <remarks>nccl.h: <c>ncclUniqueId</c>, which is passed by value.</remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct NcclUniqueId
{
    public const int Bytes = 128;

    private fixed byte _internal[Bytes];

    /// <summary>The id of its bytes.</summary>
    /// <param name="bytes">As many as <see cref="Bytes"/>.</param>
    public static NcclUniqueId Of(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<NcclUniqueId>(bytes);

    /// <summary>Its bytes.</summary>
    public readonly byte[] ToBytes() => MemoryMarshal.AsBytes(new ReadOnlySpan<NcclUniqueId>(in this)).ToArray();
}
