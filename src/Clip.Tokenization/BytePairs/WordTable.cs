using System.Numerics;
using System.Runtime.InteropServices;

namespace Clip.Tokenization.BytePairs;

/// <summary>The words that are a single token, found by their bytes without a string.</summary>
internal sealed class WordTable
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;    // 2^64 / golden ratio: Fibonacci hashing, Knuth 1973
    private const int InlineBytes = 8;

    private readonly Entry[] _entries;
    private readonly byte[] _bytes;
    private readonly int _shift;

    /// <summary>Creates the table.</summary>
    /// <param name="words">Distinct words with their tokens.</param>
    public WordTable(IReadOnlyList<(byte[] Bytes, int Id)> words)
    {
        var capacity = BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, words.Count * 2));
        _shift = 64 - BitOperations.Log2(capacity);
        _entries = new Entry[capacity];
        _bytes = new byte[words.Sum(word => word.Bytes.Length)];
        var offset = 0;
        Span<byte> padded = stackalloc byte[InlineBytes];
        foreach (var (bytes, id) in words)
        {
            bytes.CopyTo(_bytes, offset);
            padded.Clear();
            bytes.AsSpan(0, Math.Min(InlineBytes, bytes.Length)).CopyTo(padded);
            var head = MemoryMarshal.Read<ulong>(padded);
            var slot = Slot(head, bytes);
            while (_entries[slot].Length > 0)
                slot = (slot + 1) & (_entries.Length - 1);
            _entries[slot] = new Entry(head, offset, bytes.Length, id);
            offset += bytes.Length;
        }
    }

    /// <summary>Finds a word.</summary>
    /// <param name="padded">The text from the word on, with eight readable bytes at least.</param>
    /// <param name="length">Bytes of the word.</param>
    /// <returns>Its token, or -1.</returns>
    public int Find(ReadOnlySpan<byte> padded, int length)
    {
        var head = MemoryMarshal.Read<ulong>(padded);
        if (length < InlineBytes)
            head &= BitConverter.IsLittleEndian ? (1UL << (8 * length)) - 1 : ~0UL << (64 - (8 * length));
        var word = padded[..length];
        for (var slot = Slot(head, word); ; slot = (slot + 1) & (_entries.Length - 1))
        {
            ref readonly var entry = ref _entries[slot];
            if (entry.Length == 0)
                return -1;
            if (entry.Head == head && entry.Length == length
                && (length <= InlineBytes || _bytes.AsSpan(entry.Offset, length).SequenceEqual(word)))
            {
                return entry.Id;
            }
        }
    }

    private int Slot(ulong head, ReadOnlySpan<byte> word)
    {
        var hash = (head ^ (uint)word.Length) * Multiplier;
        if (word.Length > InlineBytes)
            hash = (hash ^ MemoryMarshal.Read<ulong>(word[^InlineBytes..])) * Multiplier;
        return (int)(hash >> _shift);
    }

    private readonly record struct Entry(ulong Head, int Offset, int Length, int Id);
}
