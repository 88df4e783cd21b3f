using System.Buffers.Binary;
using System.Text;

namespace Clip.Tokenization.Normalizers;

/// <summary>SentencePiece's precompiled replacements: a double-array trie over UTF-8 and the texts that its leaves point at.</summary>
/// <remarks>
/// <para>At each place the longest listed prefix is replaced, as SentencePiece does it.</para>
/// <para>Source: google/sentencepiece, normalizer.cc; the trie is Darts-clone's.</para>
/// </remarks>
internal sealed class CharacterMap
{
    // The longest replacement that Unicode lists, of U+FDFA, has 33 bytes.
    private const int LongestReplacement = 1024;

    private readonly uint[] _units;
    private readonly byte[] _texts;

    private CharacterMap(uint[] units, byte[] texts) => (_units, _texts) = (units, texts);

    /// <summary>Takes the bytes of a map apart; a map of nothing is null.</summary>
    /// <param name="bytes">The size of the trie, the trie, the texts, each ended by a zero.</param>
    /// <param name="problem">What is wrong with them, or null.</param>
    public static CharacterMap? TryRead(ReadOnlySpan<byte> bytes, out string? problem)
    {
        problem = null;
        if (bytes.IsEmpty)
            return null;
        var size = bytes.Length < sizeof(uint) ? -1L : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (size < sizeof(uint) || size % sizeof(uint) != 0 || size > bytes.Length - sizeof(uint))
        {
            problem = $"says that its trie has {size:N0} bytes, of {bytes.Length:N0} in all";
            return null;
        }
        var units = new uint[size / sizeof(uint)];
        for (var i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(sizeof(uint) * (i + 1))..]);
        var texts = bytes[(int)(size + sizeof(uint))..].ToArray();
        problem = FindProblem(texts);
        return problem is null ? new CharacterMap(units, texts) : null;
    }

    /// <summary>Rewrites the start of a text.</summary>
    /// <param name="utf8">The rest of the text, not empty.</param>
    /// <param name="replaced">What its start becomes.</param>
    /// <returns>How many bytes that start has.</returns>
    public int Next(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> replaced)
    {
        var length = FindLongest(utf8, out var text);
        if (length > 0)
        {
            var rest = _texts.AsSpan(text);
            replaced = rest[..rest.IndexOf((byte)0)];
            return length;
        }
        Rune.DecodeFromUtf8(utf8, out _, out length);
        replaced = utf8[..length];
        return length;
    }

    // Every step reads a byte of the text, so that no trie, however its units point at each other, takes longer than the text.
    private int FindLongest(ReadOnlySpan<byte> utf8, out int text)
    {
        text = 0;
        var longest = 0;
        var place = Offset(_units[0]);
        for (var i = 0; i < utf8.Length; i++)
        {
            place ^= utf8[i];
            if (place >= (uint)_units.Length || Label(_units[place]) != utf8[i])
                break;
            var unit = _units[place];
            place ^= Offset(unit);
            if (!HasLeaf(unit))
                continue;
            if (place >= (uint)_units.Length || Value(_units[place]) is var value && value >= _texts.Length)
                break;
            (longest, text) = (i + 1, (int)Value(_units[place]));
        }
        return longest;
    }

    private static bool HasLeaf(uint unit) => (unit >> 8 & 1) != 0;

    private static uint Value(uint unit) => unit & 0x7FFFFFFF;

    private static uint Label(uint unit) => unit & 0x800000FF;

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private static string? FindProblem(byte[] texts)
    {
        if (texts.Length == 0 || texts[^1] != 0)
            return "has a replacement without an end";
        for (int i = 0, start = 0; i < texts.Length; i++)
        {
            if (i - start > LongestReplacement)
                return $"has a replacement of more than {LongestReplacement:N0} bytes";
            if (texts[i] == 0)
                start = i + 1;
        }
        return null;
    }
}
