using System.Text;

namespace Clip.Tokenization.Normalizers;

/// <summary>SentencePiece's own normalization: its map, runs of spaces to one, a space in front, spaces to U+2581.</summary>
/// <remarks>Source: google/sentencepiece, normalizer.cc, Normalizer::Normalize.</remarks>
internal sealed class SentencePieceStep : NormalizationStep
{
    private static readonly byte[] Escaped = [0xE2, 0x96, 0x81];

    private readonly byte[][][] _untouched = ByFirstByte([]);

    /// <summary>The replacements; null for none.</summary>
    public CharacterMap? Map { get; init; }

    /// <summary>Pieces that are left as they are; the longest one at a place counts.</summary>
    public IReadOnlyList<string> Untouched { init => _untouched = ByFirstByte(value); }

    /// <summary>Whether a space is added in front, or behind where <see cref="SpaceBehind"/> says so.</summary>
    public bool AddSpace { get; init; }

    /// <summary>Whether spaces belong to the word before them.</summary>
    public bool SpaceBehind { get; init; }

    /// <summary>Whether spaces at the ends, and more than one in a row, are removed.</summary>
    public bool RemoveExtraSpaces { get; init; }

    /// <summary>Whether spaces become U+2581.</summary>
    public bool EscapeSpaces { get; init; }

    public override string Apply(string text)
    {
        ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes(text);
        if (RemoveExtraSpaces)
        {
            while (!input.IsEmpty && Next(input, out var start) is var length && start is [(byte)' '])
                input = input[length..];
        }
        if (input.IsEmpty)
            return "";

        ReadOnlySpan<byte> space = EscapeSpaces ? Escaped : " "u8;
        var output = new Utf8Builder(input.Length + 16);
        if (AddSpace && !SpaceBehind)
            output.Append(space);
        for (var afterSpace = RemoveExtraSpaces; !input.IsEmpty;)
        {
            input = input[Next(input, out var piece)..];
            while (afterSpace && piece is [(byte)' ', ..])
                piece = piece[1..];
            foreach (var value in piece)
            {
                if (value == ' ')
                    output.Append(space);
                else
                    output.Append(value);
            }
            if (!piece.IsEmpty)
                afterSpace = piece[^1] == ' ';
            afterSpace &= RemoveExtraSpaces;
        }
        while (RemoveExtraSpaces && output.Written.EndsWith(space))
            output.Length -= space.Length;
        if (AddSpace && SpaceBehind)
            output.Append(space);
        return Encoding.UTF8.GetString(output.Written);
    }

    private int Next(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> replaced)
    {
        foreach (var piece in _untouched[input[0]])
        {
            if (input.StartsWith(piece))
            {
                replaced = input[..piece.Length];
                return piece.Length;
            }
        }
        if (Map is not null)
            return Map.Next(input, out replaced);
        Rune.DecodeFromUtf8(input, out _, out var length);
        replaced = input[..length];
        return length;
    }

    private static byte[][][] ByFirstByte(IReadOnlyList<string> pieces)
    {
        var spelled = pieces.Where(piece => piece.Length > 0).Select(Encoding.UTF8.GetBytes).ToLookup(piece => piece[0]);
        return [.. Enumerable.Range(0, 256).Select(first => spelled[(byte)first].OrderByDescending(piece => piece.Length).ToArray())];
    }
}
