namespace Clip.Tokenization.Repair;

/// <summary>Mends UTF-8 bytes that a program in between has damaged.</summary>
internal static class BrokenBytes
{
    private const byte Space = 0x20;
    private const byte NoBreakSpace = 0xA0;
    private const byte Substitute = 0x1A;

    /// <summary>Puts byte A0 back where it was made a space inside what is UTF-8 otherwise.</summary>
    public static byte[] RestoreNoBreakSpaces(byte[] bytes)
    {
        if (!bytes.AsSpan().Contains(Space))
            return bytes;

        var spaced = SeparateGraveA(bytes);
        for (var i = 0; i < spaced.Length;)
        {
            var length = SpacedSequenceLength(spaced.AsSpan(i));
            spaced.AsSpan(i, length).Replace(Space, NoBreakSpace);
            i += Math.Max(1, length);
        }
        return spaced;
    }

    /// <summary>Replaces UTF-8 sequences of which a part is lost with U+FFFD.</summary>
    public static byte[] ReplaceLossySequences(byte[] bytes)
    {
        if (bytes.AsSpan().IndexOfAny(Substitute, (byte)'?') < 0)
            return bytes;

        var mended = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length;)
        {
            var length = LossySequenceLength(bytes.AsSpan(i));
            if (length > 0)
                mended.AddRange("\uFFFD"u8);
            else
                mended.Add(bytes[i]);
            i += Math.Max(1, length);
        }
        return [.. mended];
    }

    // "à" as a word of its own: C3 20 is both its last byte and the space after it, but for the Portuguese "às", "àquele",
    // "àquela" and "àquilo".
    private static byte[] SeparateGraveA(byte[] bytes)
    {
        var separated = new List<byte>(bytes.Length + 8);
        for (var i = 0; i < bytes.Length; i++)
        {
            separated.Add(bytes[i]);
            if (bytes[i] == 0xC3 && i + 1 < bytes.Length && bytes[i + 1] == Space && !ContinuesWord(bytes.AsSpan(i + 2)))
                separated.Add(NoBreakSpace);
        }
        return [.. separated];
    }

    private static bool ContinuesWord(ReadOnlySpan<byte> rest) =>
        rest.StartsWith(" "u8) || rest.StartsWith("quele"u8) || rest.StartsWith("quela"u8) || rest.StartsWith("quilo"u8)
        || rest.StartsWith("s "u8);

    private static int SpacedSequenceLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is 0xC2 or 0xC3 or 0xC5 or 0xCE or 0xD0 or 0xD9 && bytes.Length > 1 && bytes[1] == Space)
            return 2;
        if (bytes.Length > 2)
        {
            if (bytes[0] is 0xE2 or 0xE3 && bytes[1] == Space && IsLikelyContinuation(bytes[2]))
                return 3;
            if (bytes[0] is >= 0xE0 and <= 0xE3 && IsLikelyContinuation(bytes[1]) && bytes[2] == Space)
                return 3;
        }
        return bytes.Length > 3 && bytes[0] == 0xF0 && bytes[1..4].Count(Space) == 1
            && IsContinuationOr(bytes[1], Space) && IsContinuationOr(bytes[2], Space) && IsContinuationOr(bytes[3], Space) ? 4 : 0;
    }

    private static int LossySequenceLength(ReadOnlySpan<byte> bytes)
    {
        var lead = bytes[0];
        if (bytes.Length > 1 && ((lead is >= 0xC2 and <= 0xDF && bytes[1] == Substitute) || (lead is 0xC2 or 0xC3 && bytes[1] == '?')))
            return 2;
        if (bytes.Length > 5 && IsLossySurrogatePair(bytes))
            return 6;
        if (lead is >= 0xE0 and <= 0xEF && IsLossy(bytes, 3))
            return 3;
        if (lead is >= 0xF0 and <= 0xF4 && IsLossy(bytes, 4))
            return 4;
        return lead == Substitute ? 1 : 0;
    }

    // One of the continuation bytes is lost or '?'; any other may be lost, but only one may be '?'.
    private static bool IsLossy(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length < length)
            return false;
        int lost = 0, questions = 0;
        foreach (var value in bytes[1..length])
        {
            if (value == '?')
                questions++;
            else if (value == Substitute)
                lost++;
            else if (!IsContinuation(value))
                return false;
        }
        return questions <= 1 && lost + questions > 0;
    }

    // Half a surrogate pair each in three bytes (CESU-8), the last byte of one half or of both lost.
    private static bool IsLossySurrogatePair(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0xED && bytes[1] is >= 0xA0 and <= 0xAF && bytes[3] == 0xED && bytes[4] is >= 0xB0 and <= 0xBF
        && IsLostOrContinuation(bytes[2]) && IsLostOrContinuation(bytes[5])
        && (!IsContinuation(bytes[2]) || !IsContinuation(bytes[5]));

    private static bool IsLostOrContinuation(byte value) => value == '?' || IsContinuationOr(value, Substitute);

    private static bool IsContinuationOr(byte value, byte other) => value == other || IsContinuation(value);

    private static bool IsContinuation(byte value) => value is >= 0x80 and <= 0xBF;

    private static bool IsLikelyContinuation(byte value) => IsContinuation(value) && value is not (0x85 or NoBreakSpace);
}
