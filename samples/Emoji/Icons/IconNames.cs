using System.Globalization;
using System.Text;
using Emoji.Words;

namespace Emoji.Icons;

/// <summary>Which icon of a set is which emoji.</summary>
/// <remarks>
/// Sets that list the characters of their icons are taken at their word. Names and aliases of those, names of the CLDR and short codes then
/// say what the icons of the other sets are, whose names alone are known; a name that could be of several emoji is none.
/// </remarks>
internal sealed class IconNames
{
    private readonly HashSet<string> _codes;
    private readonly Dictionary<string, string?> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _loose = new(StringComparer.Ordinal);

    /// <summary>Takes the emoji by their English names.</summary>
    /// <param name="names">English names of the CLDR by hexcode.</param>
    public IconNames(IReadOnlyDictionary<string, string> names)
    {
        _codes = [.. names.Keys];
        foreach (var (code, name) in names)
            Learn(ToKebab(name), code);
    }

    /// <summary>Learns the names of a set that lists its characters.</summary>
    public void Learn(IconSet set)
    {
        var byName = set.Characters.Select(entry => (Code: Hexcode.Normalize(entry.Key), Name: entry.Value)).Where(entry => _codes.Contains(entry.Code)).ToList();
        var aliases = set.Aliases.ToLookup(alias => alias.Value, alias => alias.Key);
        foreach (var (code, name) in byName)
        {
            foreach (var known in aliases[name].Prepend(name))
                Learn(known, code);
        }
    }

    /// <summary>Learns a short code, such as <c>:guardsman:</c>, which counts where nothing else fits.</summary>
    public void LearnShortCode(string name, string code)
    {
        if (_codes.Contains(Hexcode.Normalize(code)))
            Add(_loose, Squeeze(name), Hexcode.Normalize(code));
    }

    /// <summary>Finds the icons of a set.</summary>
    /// <returns>The names of the icons by hexcode.</returns>
    public Dictionary<string, string> Match(IconSet set)
    {
        var icons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (character, name) in set.Characters)
        {
            if (Hexcode.Normalize(character) is var code && _codes.Contains(code))
                icons.TryAdd(code, name);
        }
        if (set.Characters.Count == 0)
        {
            foreach (var name in set.Names.Concat(set.Aliases.Keys))
            {
                if (Find(name) is { } code)
                    icons.TryAdd(code, name);
            }
        }
        return icons;
    }

    /// <summary>The emoji that a name means.</summary>
    /// <returns>Its hexcode; null where the name is not known or could be of several.</returns>
    public string? Find(string name) => _exact.TryGetValue(name, out var code) ? code : _loose.GetValueOrDefault(Squeeze(name));

    /// <summary>A name as icon sets write it: "woman’s hat" is "womans-hat".</summary>
    public static string ToKebab(string name)
    {
        var kebab = new StringBuilder();
        foreach (var character in name.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(character))
                kebab.Append(character);
            else if (character is not ('\'' or '’') && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark && kebab is not { Length: 0 } && kebab[^1] != '-')
                kebab.Append('-');
        }
        return kebab.ToString().Trim('-');
    }

    private static string Squeeze(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));

    private void Learn(string name, string code)
    {
        Add(_exact, name, code);
        Add(_loose, Squeeze(name), code);
    }

    private static void Add(Dictionary<string, string?> known, string name, string code)
    {
        if (!known.TryAdd(name, code) && known[name] != code)
            known[name] = null;
    }
}
