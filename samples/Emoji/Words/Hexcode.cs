namespace Emoji.Words;

/// <summary>An emoji as its code points in hexadecimal, joined by hyphens: <c>1F9D1-200D-1F373</c>.</summary>
internal static class Hexcode
{
    private const string Country = "1F1E6";
    private const string LastCountry = "1F1FF";
    private static readonly string[] Presentations = ["FE0E", "FE0F"];
    private static readonly string[] SkinTones = ["1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"];

    /// <summary>In capitals and without the selectors of text or emoji presentation, which some sources write and others do not.</summary>
    public static string Normalize(string code) => string.Join('-', code.ToUpperInvariant().Split('-').Except(Presentations));

    /// <summary>Whether it is a variant of another by skin tone.</summary>
    public static bool HasSkinTone(string code) => code.Split('-').Any(SkinTones.Contains);

    /// <summary>Whether it is the flag of a country or of a part of one.</summary>
    public static bool IsCountryFlag(string code) =>
        code.StartsWith("1F3F4-E00", StringComparison.Ordinal)
        || code.Split('-').All(part => string.CompareOrdinal(part, Country) >= 0 && string.CompareOrdinal(part, LastCountry) <= 0 && part.Length == Country.Length);
}
