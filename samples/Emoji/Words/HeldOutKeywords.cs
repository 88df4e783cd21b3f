using System.Text;
using Training.Shared;

namespace Emoji.Words;

/// <summary>A fifth of the keywords of every language, which no caption of training has in it, in whichever language.</summary>
/// <remarks>
/// They are drawn from the keywords that are no phrase of any name, since names are what training cannot do without. Other keywords that
/// have one of them in them are not shown either.
/// </remarks>
internal sealed class HeldOutKeywords
{
    private const double Share = 0.2;
    private const long Seed = 20;

    private readonly HashSet<string> _keywords = new(StringComparer.Ordinal);

    /// <summary>Draws them.</summary>
    public HeldOutKeywords(Catalog catalog)
    {
        var named = Catalog.Languages.SelectMany(language => catalog.In(language)).SelectMany(description => Phrases.Of(description.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var language in Catalog.Languages)
        {
            var all = catalog.In(language).SelectMany(description => description.Keywords).Select(Phrases.Normalize).Where(keyword => keyword.Length > 0).Distinct().ToList();
            var drawn = all.Where(keyword => !named.Contains(keyword)).OrderBy(Draw).ThenBy(keyword => keyword, StringComparer.Ordinal).Take((int)Math.Round(Share * all.Count));
            _keywords.UnionWith(drawn);
        }
    }

    /// <summary>Whether a keyword is one of them.</summary>
    public bool Contains(string keyword) => _keywords.Contains(Phrases.Normalize(keyword));

    /// <summary>Whether a text has one of them in it.</summary>
    public bool OccurIn(string text) => Phrases.Of(text).Any(_keywords.Contains);

    /// <summary>The keywords that training may show, of those of an emoji.</summary>
    public IReadOnlyList<string> Shown(Description description) => [.. description.Keywords.Where(keyword => Phrases.Normalize(keyword).Length > 0 && !OccurIn(keyword))];

    // The same number for a keyword on every machine and in every language.
    private static ulong Draw(string keyword)
    {
        var random = new IndexedRandom(Seed, 0);
        foreach (var part in Encoding.UTF8.GetBytes(keyword))
            random = new IndexedRandom((long)random.NextBits(), part);
        return random.NextBits();
    }
}
