using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Vocabularies;

/// <summary>The tokens and merges that a vocabulary file lists.</summary>
internal sealed class Vocabulary
{
    // A token that no merge makes is a special one. A few are expected; many mean files that do not belong together.
    private const int MostSpecials = 1_024;

    private readonly Dictionary<string, int> _ids;

    private Vocabulary(string path, string[] tokens, Dictionary<string, int> ids, (int Left, int Right, int Merged)[] merges)
    {
        Path = path;
        Tokens = tokens;
        _ids = ids;
        Merges = merges;
    }

    /// <summary>The file or the folder it comes from.</summary>
    public string Path { get; }

    /// <summary>The tokens by id.</summary>
    public string[] Tokens { get; }

    /// <summary>The pairs that are merged, in the order of their rank.</summary>
    public (int Left, int Right, int Merged)[] Merges { get; }

    /// <summary>Finds a token.</summary>
    public bool TryFind(string token, out int id) => _ids.TryGetValue(token, out id);

    /// <summary>Checks that tokens and merges make a byte-level vocabulary with ends of words.</summary>
    /// <param name="path">The file that lists the tokens, for errors.</param>
    /// <param name="ids">Ids by token.</param>
    /// <param name="merges">The merges.</param>
    /// <exception cref="VocabularyException">They do not.</exception>
    public static Vocabulary Create(string path, Dictionary<string, int> ids, MergeList merges)
    {
        var tokens = Order(path, ids);
        var made = new HashSet<int>();
        foreach (var c in ByteAlphabet.Characters)
        {
            made.Add(Find(c.ToString()));
            made.Add(Find(c + ByteAlphabet.EndOfWord));
        }

        var pairs = new HashSet<(int, int)>(merges.Count);
        var indexed = new (int Left, int Right, int Merged)[merges.Count];
        for (var i = 0; i < merges.Count; i++)
        {
            var (left, right) = merges[i];
            if (!ids.TryGetValue(left, out var leftId) || !ids.TryGetValue(right, out var rightId) || !ids.TryGetValue(left + right, out var id))
                throw merges.Error(i, $"merges '{left}' and '{right}', of which the vocabulary lacks a part or the whole");
            if (!pairs.Add((leftId, rightId)))
                throw merges.Error(i, $"merges '{left}' and '{right}', as an earlier one does");
            indexed[i] = (leftId, rightId, id);
            made.Add(id);
        }

        if (tokens.Length - made.Count > MostSpecials)
        {
            throw new VocabularyException(merges.Path,
                $"has {merges.Count:N0} merges, which leave {tokens.Length - made.Count:N0} tokens of '{path}' without one: " +
                "the two do not belong together.");
        }
        return new Vocabulary(path, tokens, ids, indexed);

        int Find(string token) => ids.TryGetValue(token, out var id)
            ? id
            : throw new VocabularyException(path, $"lacks the token '{token}': it is not a vocabulary of CLIP, which has each byte with and without '</w>'.");
    }

    private static string[] Order(string path, Dictionary<string, int> ids)
    {
        var tokens = new string[ids.Count];
        foreach (var (token, id) in ids)
        {
            if (id < 0 || id >= tokens.Length)
                throw new VocabularyException(path, $"gives '{token}' the id {id}; its {ids.Count:N0} tokens have to be numbered from 0 on.");
            if (tokens[id] is { } other)
                throw new VocabularyException(path, $"gives '{other}' and '{token}' the same id {id}.");
            tokens[id] = token;
        }
        return tokens;
    }
}
