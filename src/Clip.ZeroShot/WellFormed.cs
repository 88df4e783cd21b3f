using System.Text;

namespace Clip.ZeroShot;

/// <summary>Tells text from arbitrary UTF-16 units; what is not text cannot be written to a file and read back.</summary>
internal static class WellFormed
{
    public static bool IsText(string text)
    {
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[consumed..];
        }
        return true;
    }
}
