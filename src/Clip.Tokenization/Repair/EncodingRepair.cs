using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Clip.Tokenization.Repair;

/// <summary>Repairs text that was written in UTF-8 and read as another encoding, once or several times over.</summary>
internal static class EncodingRepair
{
    /// <summary>Repairs the text until nothing in it looks broken or nothing more can be done.</summary>
    public static string Repair(string text)
    {
        while (true)
        {
            var repaired = RepairOnce(text);
            if (repaired == text)
                return text;
            text = repaired;
        }
    }

    private static string RepairOnce(string text)
    {
        if (Ascii.IsValid(text) || !MojibakePatterns.Match(text))
            return text;
        if (TryReadAgain(text, out var repaired))
            return repaired;

        repaired = EmbeddedMojibake.Repair(text);
        if (repaired != text)
            return repaired;

        // What remains are control characters that were meant as the characters of Windows-1252.
        return CharacterRepair.ReadControls(text);
    }

    // Writes the text in each encoding that has all its characters, and reads the bytes as UTF-8.
    private static bool TryReadAgain(string text, [NotNullWhen(true)] out string? repaired)
    {
        foreach (var encoding in SingleByteEncoding.All)
        {
            if (!encoding.TryEncode(text, out var bytes))
                continue;
            if (encoding.MayHaveLostNoBreakSpaces)
                bytes = BrokenBytes.RestoreNoBreakSpaces(bytes);
            if (encoding.IsLossy)
                bytes = BrokenBytes.ReplaceLossySequences(bytes);
            if (LenientUtf8.TryDecode(bytes, out repaired))
                return true;
        }
        repaired = null;
        return false;
    }
}
