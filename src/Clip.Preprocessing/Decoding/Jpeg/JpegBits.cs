using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Clip.Preprocessing.Decoding.Jpeg;

/// <summary>The bits of a scan's data, the next ones at the top of a word.</summary>
/// <param name="at">Where the data begins.</param>
/// <param name="end">Where the file ends.</param>
internal unsafe ref struct JpegBits(byte* at, byte* end)
{
    private byte* _at = at;
    private Word _word;
    private int _padding;

    /// <summary>Whether more was taken than the data has, up to the next marker.</summary>
    public readonly bool IsExhausted => _padding > _word.Count;

    /// <summary>The bits that were loaded last, as they are left.</summary>
    public Word Rest
    {
        readonly get => _word;
        set => _word = value;
    }

    /// <summary>Brings at least 32 bits; zeros behind the data's end.</summary>
    /// <param name="word">The bits that are left of those loaded before.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill(ref Word word)
    {
        if (word.Count < 32)
            word = Load(word);
    }

    /// <summary>Ends a stretch of data at its marker.</summary>
    /// <returns>The marker; null where the data does not end here, in the byte whose bits were taken last.</returns>
    public byte? TakeMarker()
    {
        // Less than a byte of the data may be left, which fills the last byte up.
        if (IsExhausted || _word.Count - _padding >= 8)
            return null;
        var place = _at;
        if (end - place < 2 || place[0] != 0xFF || place[1] is 0 or 0xFF)
            return null;
        _at = place + 2;
        (_word, _padding) = (default, 0);
        return place[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Word Load(Word word)
    {
        if (end - _at >= 8)
        {
            var bytes = BinaryPrimitives.ReadUInt64BigEndian(new ReadOnlySpan<byte>(_at, 8));
            // None of the eight bytes is 255, which has a stuffed zero or a marker behind it.
            if (((~bytes - 0x0101010101010101) & bytes & 0x8080808080808080) == 0)
            {
                // Bits of the byte after the last whole one come along; they are the same when they come again.
                _at += (63 - word.Count) >> 3;
                return new Word(word.Next | bytes >> word.Count, word.Count | 56);
            }
        }
        return LoadBytes(word);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Word LoadBytes(Word word)
    {
        var (next, count) = (word.Next, word.Count);
        for (; count <= 56; count += 8)
        {
            ulong value = 0;
            if (_at < end && *_at != 0xFF)
            {
                value = *_at++;
            }
            else if (end - _at >= 2 && _at[1] == 0)
            {
                value = 0xFF;
                _at += 2;
            }
            else
            {
                _padding += 8;
            }
            next |= value << (56 - count);
        }
        return new Word(next, count);
    }

    /// <summary>Bits that were loaded.</summary>
    /// <param name="Next">They, the next one at the top.</param>
    /// <param name="Count">How many.</param>
    internal readonly record struct Word(ulong Next, int Count)
    {
        /// <summary>Without the first bits, at most 32 after a <see cref="Fill"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Word After(int bits) => new(Next << bits, Count - bits);
    }
}
