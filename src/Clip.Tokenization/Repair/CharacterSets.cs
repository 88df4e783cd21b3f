using System.Buffers;

namespace Clip.Tokenization.Repair;

/// <summary>The characters that occur when UTF-8 is read as another encoding, by what they are otherwise used for.</summary>
/// <remarks>The sets are those of ftfy 6.3.1, so that the same texts count as broken. A dash between two characters is a range.</remarks>
internal static class CharacterSets
{
    public const string Common = "\u00A0\u00AD·´–—―…’";
    public const string Controls = "\u0080-\u009F";
    public const string Bad = "¦¤¨¬¯¸ƒ\u02C6\u02C7˘˛˜†‡‰⌐◊\uFFFDªº";
    public const string Law = "¶§";
    public const string Currency = "¢£¥₧€";
    public const string Opening = "¡«¿©΄΅‘‚“„•‹\uF8FF";
    public const string Closing = "®»˝”›™";
    public const string Numeric = "²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№";
    public const string Kaomoji = "Ò-ÖÙ-Üò-öø-üŐŌŪŲ°";
    public const string UpperAccented = "À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ";
    public const string LowerAccented = "ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ";
    public const string UpperCommon = "ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я";
    public const string LowerCommon = "α-ωάέήίΰа-џ";
    public const string Boxes = "│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓";
    public const string LowerLatin = "a-z";
    public const string Latin = "a-zA-Z";
    public const string Spaces = "\t-\r\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000";

    // What leads and continues UTF-8 sequences when they are read as one of the encodings.
    public const string LeadOfTwo =
        "ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×" +
        "ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ";
    public const string LeadOfThree = "áăâäàāąåãæćčçďéěêëėèēęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп";
    public const string LeadOfFour = "đðğóšπσру";
    public const string StrictContinuation =
        "\u0080-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœ\u02C6\u02C7˘˛˜˝΄΅ΆΈΉΊΌΎΏ" +
        "ЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™";
    public const string Continuation = StrictContinuation + " –—―‘’‚“”„•…";

    /// <summary>A set of the characters of several strings, ranges spelled out.</summary>
    public static SearchValues<char> Of(params ReadOnlySpan<string> sets)
    {
        var characters = new List<char>();
        foreach (var set in sets)
        {
            for (var i = 0; i < set.Length; i++)
            {
                if (set[i] != '-')
                    characters.Add(set[i]);
                else
                    characters.AddRange(Enumerable.Range(set[i - 1] + 1, set[i + 1] - set[i - 1] - 1).Select(code => (char)code));
            }
        }
        return SearchValues.Create(characters.ToArray());
    }
}
