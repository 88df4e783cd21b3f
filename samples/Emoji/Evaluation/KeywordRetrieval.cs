using Emoji.Words;

namespace Emoji.Evaluation;

/// <summary>How well images of a style are found by keywords.</summary>
/// <param name="HitAt1">Share of keywords whose nearest image has the keyword.</param>
/// <param name="HitAt5">Share of keywords with an image that has it among the five nearest.</param>
/// <param name="Precision">Mean average precision.</param>
internal readonly record struct KeywordRetrieval(double HitAt1, double HitAt5, double Precision)
{
    /// <summary>The keywords of a language and which of the emoji have each.</summary>
    /// <param name="catalog">The emoji.</param>
    /// <param name="language">The language.</param>
    /// <param name="codes">The emoji that there are images of.</param>
    /// <param name="isWanted">Which keywords.</param>
    public static IReadOnlyList<(string Keyword, HashSet<int> Places)> Queries(
        Catalog catalog, string language, IReadOnlyList<string> codes, Func<string, bool> isWanted) =>
        [.. codes.SelectMany((code, place) => catalog[language, code].Keywords.Select(keyword => (keyword: Phrases.Normalize(keyword), place)))
            .Where(entry => entry.keyword.Length > 0 && isWanted(entry.keyword))
            .GroupBy(entry => entry.keyword, entry => entry.place)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.ToHashSet()))];

    /// <summary>Counts from similarities.</summary>
    /// <param name="similarities">Of keywords and images [N, M]; of images that are equally similar those come first that do not have the keyword.</param>
    /// <param name="queries">Which images have each keyword.</param>
    public static KeywordRetrieval Of(Tensor similarities, IReadOnlyList<(string Keyword, HashSet<int> Places)> queries)
    {
        var values = similarities.data<float>().ToArray();
        var columns = (int)similarities.shape[1];
        var results = queries.Select((query, row) => Measure(values.AsSpan(row * columns, columns), query.Places)).ToList();
        return new KeywordRetrieval(
            results.Average(result => result.First < 1 ? 1.0 : 0), results.Average(result => result.First < 5 ? 1.0 : 0), results.Average(result => result.Precision));
    }

    private static (int First, double Precision) Measure(ReadOnlySpan<float> similarities, HashSet<int> places)
    {
        var values = similarities.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderByDescending(place => values[place]).ThenBy(places.Contains).ToList();
        var (first, found, precision) = (-1, 0, 0.0);
        for (var rank = 0; rank < order.Count; rank++)
        {
            if (!places.Contains(order[rank]))
                continue;
            if (first < 0)
                first = rank;
            precision += ++found / (rank + 1.0);
        }
        return (first, precision / places.Count);
    }
}
