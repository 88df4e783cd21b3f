using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Clip.Tokenization.Repair;

/// <summary>Decodes UTF-8 and two spellings beside it: surrogate pairs of three bytes each (CESU-8) and Java's C0 80 for U+0000.</summary>
internal static class LenientUtf8
{
    /// <summary>Decodes bytes that are UTF-8 throughout, but for those two spellings.</summary>
    public static bool TryDecode(byte[] bytes, [NotNullWhen(true)] out string? text)
    {
        var standard = bytes.AsSpan().IndexOfAny((byte)0xC0, (byte)0xED) < 0 ? bytes : Standardize(bytes);
        text = Utf8.IsValid(standard) ? Encoding.UTF8.GetString(standard) : null;
        return text is not null;
    }

    private static byte[] Standardize(byte[] bytes)
    {
        var standard = new List<byte>(bytes.Length);
        Span<byte> rune = stackalloc byte[4];
        for (var i = 0; i < bytes.Length; i++)
        {
            var rest = bytes.AsSpan(i);
            if (IsNull(rest))
            {
                standard.Add(0);
                i++;
            }
            else if (TryReadSurrogates(rest, out var codePoint))
            {
                standard.AddRange(rune[..new Rune(codePoint).EncodeToUtf8(rune)]);
                i += 5;
            }
            else
            {
                standard.Add(bytes[i]);
            }
        }
        return [.. standard];
    }

    // A C0 before the line feed that ends the text counts as well: to a Python pattern the text ends before that line feed.
    private static bool IsNull(ReadOnlySpan<byte> rest) =>
        rest.Length > 1 && rest[0] == 0xC0 && (rest[1] == 0x80 || (rest[1] == '\n' && rest.Length == 2));

    private static bool TryReadSurrogates(ReadOnlySpan<byte> rest, out int codePoint)
    {
        codePoint = 0;
        if (rest.Length < 6 || rest[0] != 0xED || rest[1] is < 0xA0 or > 0xAF || rest[2] is < 0x80 or > 0xBF
            || rest[3] != 0xED || rest[4] is < 0xB0 or > 0xBF || rest[5] is < 0x80 or > 0xBF)
        {
            return false;
        }
        codePoint = 0x10000 + ((rest[1] & 0x0F) << 16) + ((rest[2] & 0x3F) << 10) + ((rest[4] & 0x0F) << 6) + (rest[5] & 0x3F);
        return true;
    }
}
