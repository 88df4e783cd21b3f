namespace Clip.Tokenization.Normalization;

/// <summary>Hangul syllables, whose parts are computed rather than listed.</summary>
/// <remarks>Source: The Unicode Standard, section 3.12.</remarks>
internal static class Hangul
{
    private const int FirstSyllable = 0xAC00;
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;

    // One before the first trail, so that an index of 0 stands for none.
    private const int NoTrail = 0x11A7;

    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>Whether the character is a vowel or a trail, which joins what stands before it.</summary>
    public static bool IsJoining(int code) => code is >= FirstVowel and < FirstVowel + Vowels or > NoTrail and < NoTrail + Trails;

    /// <summary>The two parts of a syllable: lead and vowel, or a syllable and its trail.</summary>
    public static bool TryDecompose(int code, out int first, out int second)
    {
        var index = code - FirstSyllable;
        if (index is < 0 or >= Leads * Vowels * Trails)
        {
            first = second = 0;
            return false;
        }
        var trail = index % Trails;
        (first, second) = trail > 0
            ? (code - trail, NoTrail + trail)
            : (FirstLead + index / (Vowels * Trails), FirstVowel + index / Trails % Vowels);
        return true;
    }

    /// <summary>The syllable that two parts make, or 0.</summary>
    public static int Compose(int first, int second)
    {
        if (first is >= FirstLead and < FirstLead + Leads && second is >= FirstVowel and < FirstVowel + Vowels)
            return FirstSyllable + ((first - FirstLead) * Vowels + second - FirstVowel) * Trails;
        var isOpen = first - FirstSyllable is >= 0 and < Leads * Vowels * Trails && (first - FirstSyllable) % Trails == 0;
        return isOpen && second is > NoTrail and < NoTrail + Trails ? first + second - NoTrail : 0;
    }
}
