using Emoji.Words;
using Training.Shared;

namespace Emoji.Training.Captions;

/// <summary>Says what an emoji is: by its name, by keywords, or by both, in one of the languages.</summary>
internal sealed class CaptionWriter
{
    private const double EnglishShare = 0.5;
    private const double NameShare = 0.65;
    private const double BothShare = 0.15;
    private const int MostKeywords = 3;

    private readonly Dictionary<(string Language, string Code), (string Name, IReadOnlyList<string> Keywords)> _words = [];

    public CaptionWriter(Catalog catalog, HeldOutKeywords heldOut)
    {
        foreach (var language in Catalog.Languages)
        {
            foreach (var code in catalog.Codes)
                _words[(language, code)] = (catalog[language, code].Name, heldOut.Shown(catalog[language, code]));
        }
    }

    /// <summary>All names and keywords that captions are made of, each as often as there are emoji for it.</summary>
    public IEnumerable<string> Parts => _words.Values.SelectMany(words => words.Keywords.Prepend(words.Name));

    /// <summary>Writes a caption.</summary>
    /// <param name="code">The emoji.</param>
    /// <param name="random">Decides.</param>
    public string Write(string code, ref IndexedRandom random)
    {
        var languages = Catalog.Languages;
        var language = random.Chance(EnglishShare) ? languages[0] : languages[1 + random.Below(languages.Count - 1)];
        var (name, keywords) = _words[(language, code)];
        var kind = random.Next();
        if (kind < NameShare || keywords.Count == 0)
            return name;
        var chosen = Choose(keywords, 1 + random.Below(Math.Min(MostKeywords, keywords.Count)), ref random);
        return string.Join(", ", kind < NameShare + BothShare ? chosen.Prepend(name) : chosen);
    }

    private static List<string> Choose(IReadOnlyList<string> keywords, int count, ref IndexedRandom random)
    {
        List<string> left = [.. keywords], chosen = [];
        while (chosen.Count < count)
        {
            var place = random.Below(left.Count);
            chosen.Add(left[place]);
            left.RemoveAt(place);
        }
        return chosen;
    }
}
