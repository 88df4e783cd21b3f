using System.Text.Json;
using Emoji.Words;

namespace Emoji.Tests.Support;

/// <summary>A catalog of a few emoji, written as emojibase-data writes them.</summary>
internal static class SmallCatalog
{
    /// <summary>Two hundred emoji from one code on, each with names and keywords that no other has and one keyword that many have.</summary>
    public static Catalog Many() => Load(language => Enumerable.Range(0, 200).Select(i => Emoji(
        $"{0x1F400 + i:X}", $"{language} thing {Word(i)}", [$"{language} kind {Word(i % 7)}", $"{language}{Word(i)}", $"{language} {Word(i)} big", "all"], i, kind: i / 10)));

    /// <summary>Loads emoji from files like those of the package.</summary>
    /// <param name="emoji">The emoji as a language has them.</param>
    public static Catalog Load(Func<string, IEnumerable<object>> emoji)
    {
        using var folder = new TemporaryFolder();
        foreach (var language in Catalog.Languages)
        {
            Directory.CreateDirectory(folder.File(language));
            File.WriteAllBytes(Path.Combine(folder.File(language), "data.json"), JsonSerializer.SerializeToUtf8Bytes(emoji(language)));
        }
        return Catalog.Load(folder.Path);
    }

    /// <summary>An entry.</summary>
    public static object Emoji(string hexcode, string label, string[] tags, int order, int kind = 0) => new { hexcode, label, tags, order, group = 0, subgroup = kind };

    // Letters alone, so that no number is a word of its own.
    private static string Word(int number) => string.Concat($"{number:D3}".Select(digit => (char)('a' + digit - '0')));
}
