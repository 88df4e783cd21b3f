using System.Text.RegularExpressions;
using Clip.Tokenization.Normalizers;
using Clip.Tokenization.Splitters;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads what is looked for: a text, or a regular expression.</summary>
/// <remarks>
/// .NET's expressions see characters beyond U+FFFF as two, so that those which ask for a class of characters are only read where they are
/// known by heart; and none may backtrack, so that no file can make a text slow.
/// </remarks>
internal static class PatternReader
{
    private const int LongestPattern = 256;
    private const int LongestContent = 32;

    private static readonly string[] Classes = [@"\p", @"\P", @"\w", @"\W", @"\d", @"\D", @"\S", @"\b", @"\B", "[^", ".", "(?"];

    public static ReplaceStep ReadReplacement(JsonSection section)
    {
        var content = section.Text("content");
        if (content.Length > LongestContent)
            throw section.Error($"has a content of {content.Length:N0} characters, more than {LongestContent}");
        return ReadText(section) is { } text ? new ReplaceStep(text, content) : new ReplaceStep(ReadPattern(section), content);
    }

    public static TextMatcher ReadMatcher(JsonSection section)
    {
        if (ReadText(section) is { } text)
            return new LiteralMatcher(text);
        return section.Require("pattern").Text("Regex") == Gpt2Matcher.Pattern ? new Gpt2Matcher() : new PatternMatcher(ReadPattern(section));
    }

    private static string? ReadText(JsonSection section)
    {
        if (section.Require("pattern").Text("String", null) is not { } text)
            return null;
        return text.Length > 0 ? text : throw section.Error("looks for an empty text");
    }

    private static Regex ReadPattern(JsonSection section)
    {
        var pattern = section.Require("pattern").Text("Regex");
        if (pattern.Length > LongestPattern || Classes.Any(part => pattern.Contains(part, StringComparison.Ordinal)))
            throw section.Error("has a regular expression that is not supported");
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw section.Error($"has a regular expression that is not supported: {e.Message}");
        }
    }
}
