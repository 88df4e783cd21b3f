namespace Clip.Tokenization.Vocabularies;

/// <summary>Reads protocol buffers field by field.</summary>
internal static class Protobuf
{
    /// <summary>Reads a field; false at the end, and where the bytes are none.</summary>
    /// <param name="bytes">The rest of the message.</param>
    /// <param name="field">The number of the field.</param>
    /// <param name="number">Its value where it is a number.</param>
    /// <param name="message">Its bytes where it is a text, a message or a fixed number.</param>
    public static bool TryReadField(ref ReadOnlySpan<byte> bytes, out int field, out long number, out ReadOnlySpan<byte> message)
    {
        field = 0;
        number = 0;
        message = default;
        if (!TryReadNumber(ref bytes, out var tag))
            return false;
        field = (int)(tag >> 3);
        var length = 0L;
        switch (tag & 7)
        {
            case 0:
                return TryReadNumber(ref bytes, out number);
            case 1:
                length = sizeof(long);
                break;
            case 2 when TryReadNumber(ref bytes, out length):
                break;
            case 5:
                length = sizeof(int);
                break;
            default:
                return false;
        }
        if (length < 0 || length > bytes.Length)
            return false;
        message = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out long number)
    {
        number = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            number |= (long)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
