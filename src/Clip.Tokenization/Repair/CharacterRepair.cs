using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Clip.Tokenization.Normalization;

namespace Clip.Tokenization.Repair;

/// <summary>Replaces single characters that are there by accident, and brings the text into its composed form (NFC).</summary>
internal static partial class CharacterRepair
{
    private const char Replacement = '\uFFFD';
    private const char LastHalfOrFullWidth = '\uFFEF';

    private static readonly SearchValues<char> Ligatures = SearchValues.Create("ĲĳŉǱǲǳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬅﬆ");

    private static readonly SearchValues<char> Removed = CharacterSets.Of(
        "\u0000-\u0008\u000B\u000E-\u001F\u007F\u206A-\u206F\uFEFF\uFFF9-\uFFFC");

    /// <summary>Reads control characters from U+0080 to U+009F as the Windows-1252 characters of the same numbers.</summary>
    public static string ReadControls(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0080', '\u009F'))
            return text;
        return string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                target[i] = source[i] is >= '\u0080' and <= '\u009F' ? SingleByteEncoding.ReadWindows1252(source[i]) : source[i];
        });
    }

    /// <summary>Replaces or removes every accidental character once.</summary>
    public static string Repair(string text)
    {
        text = ReplaceCharacters(ReadControls(text));
        if (text.Contains('\u001B'))
            text = TerminalEscape().Replace(text, "");
        return ComposedForm.Compose(Remove(text));
    }

    [GeneratedRegex(@"\u001B\[[\d;]*[a-zA-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex TerminalEscape();

    private static string ReplaceCharacters(string text)
    {
        StringBuilder? replaced = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                replaced?.Append(c).Append(text[i + 1]);
                i++;
                continue;
            }
            var replacement = Replace(c, i + 1 < text.Length ? text[i + 1] : default);
            if (replacement is not null && replaced is null)
                replaced = new StringBuilder(text, 0, i, text.Length + 16);
            if (replacement is not null)
                replaced!.Append(replacement);
            else
                replaced?.Append(c);
        }
        return replaced?.ToString() ?? text;
    }

    private static string? Replace(char c, char next) => c switch
    {
        < '\u0080' => c == '\r' ? (next == '\n' ? "" : "\n") : null,
        '\u2028' or '\u2029' => "\n",
        '\u02BC' or (>= '\u2018' and <= '\u201B') => "'",
        >= '\u201C' and <= '\u201F' => "\"",
        // The digraph's apostrophe is a curly quote in turn.
        'ŉ' => "'n",
        // The long s stays what it is.
        'ﬅ' => "ſt",
        _ when Ligatures.Contains(c) => UnicodeMappings.Instance.Plain(c),
        '\u3000' => " ",
        >= '\uFF01' and <= LastHalfOrFullWidth => UnicodeMappings.Instance.Plain(c),
        _ when char.IsSurrogate(c) => Replacement.ToString(),
        _ => null,
    };

    private static string Remove(string text) =>
        text.AsSpan().ContainsAny(Removed) ? string.Concat(text.Where(c => !Removed.Contains(c))) : text;
}
