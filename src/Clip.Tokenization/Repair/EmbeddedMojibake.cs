using System.Buffers;
using System.Text;
using static Clip.Tokenization.Repair.CharacterSets;

namespace Clip.Tokenization.Repair;

/// <summary>Repairs broken stretches inside a text that is not broken as a whole.</summary>
internal static class EmbeddedMojibake
{
    private static readonly SearchValues<char> Leads2 = Of(LeadOfTwo);
    private static readonly SearchValues<char> Leads3 = Of(LeadOfThree);
    private static readonly SearchValues<char> Leads4 = Of(LeadOfFour);
    private static readonly SearchValues<char> Continuations = Of(Continuation);
    private static readonly SearchValues<char> StrictContinuations = Of(StrictContinuation);

    /// <summary>Repairs each stretch that looks like UTF-8 read as another encoding.</summary>
    public static string Repair(string text)
    {
        StringBuilder? repaired = null;
        var copied = 0;
        for (var i = 0; i < text.Length;)
        {
            var length = i > 0 && StrictContinuations.Contains(text[i - 1]) ? 0 : StretchLength(text.AsSpan(i));
            // A stretch that is the whole text has been tried already.
            if (length > 0 && length < text.Length && MojibakePatterns.Match(text.AsSpan(i, length)))
            {
                repaired ??= new StringBuilder(text.Length);
                repaired.Append(text, copied, i - copied).Append(EncodingRepair.Repair(text.Substring(i, length)));
                copied = i + length;
            }
            i += Math.Max(1, length);
        }
        return repaired is null ? text : repaired.Append(text, copied, text.Length - copied).ToString();
    }

    private static int StretchLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (SequenceLength(text[length..]) is > 0 and var sequence)
            length += sequence;
        return length;
    }

    private static int SequenceLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return 0;
        if (Leads2.Contains(text[0]) && IsContinued(text, 2))
            return 2;
        if (Leads3.Contains(text[0]) && IsContinued(text, 3))
            return 3;
        return Leads4.Contains(text[0]) && IsContinued(text, 4) ? 4 : 0;
    }

    private static bool IsContinued(ReadOnlySpan<char> text, int length) =>
        text.Length >= length && !text[1..length].ContainsAnyExcept(Continuations);
}
