using Clip.Tokenization.Pipelines;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>The tokens of a file while it is read, checked as they come.</summary>
/// <param name="path">The file, for errors.</param>
internal sealed class TokenTable(string path)
{
    /// <summary>More tokens than any model has.</summary>
    public const int MostTokens = 1 << 22;

    // Pieces of published vocabularies have some dozens of characters; the search for pieces takes this many steps per character at the most.
    private const int LongestToken = 1024;

    /// <summary>Ids by token.</summary>
    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>One more than the highest id.</summary>
    public int Size { get; private set; }

    /// <summary>Adds a token.</summary>
    /// <exception cref="VocabularyException">It is there already, or it is absurd.</exception>
    public void Add(string token, int id)
    {
        if (id is < 0 or >= MostTokens)
            throw new VocabularyException(path, $"gives '{Shorten(token)}' the id {id}, which is out of range.");
        if (token.Length > LongestToken)
            throw new VocabularyException(path, $"has a token of {token.Length:N0} characters, '{Shorten(token)}', more than {LongestToken:N0}.");
        if (!Ids.TryAdd(token, id))
            throw new VocabularyException(path, $"lists '{Shorten(token)}' twice.");
        Size = Math.Max(Size, id + 1);
    }

    /// <summary>Adds a token that may be there already, under the same id.</summary>
    public void AddOrCheck(in AddedToken token)
    {
        if (token.Content.Length is 0 or > AddedToken.Longest)
            throw new VocabularyException(path, $"has an added token of {token.Content.Length:N0} characters, '{Shorten(token.Content)}'.");
        if (!Ids.TryGetValue(token.Content, out var id))
            Add(token.Content, token.Id);
        else if (id != token.Id)
            throw new VocabularyException(path, $"gives '{Shorten(token.Content)}' the ids {id} and {token.Id}.");
    }

    /// <summary>The tokens by id; null where there is none.</summary>
    /// <exception cref="VocabularyException">Two have the same id.</exception>
    public string?[] ToArray()
    {
        // Gaps are few in files that mean what they say.
        if (Size > 2L * Ids.Count + 4096)
            throw new VocabularyException(path, $"numbers its {Ids.Count:N0} tokens up to {Size - 1:N0}.");
        var tokens = new string?[Size];
        foreach (var (token, id) in Ids)
        {
            if (tokens[id] is { } other)
                throw new VocabularyException(path, $"gives '{Shorten(other)}' and '{Shorten(token)}' the same id {id}.");
            tokens[id] = token;
        }
        return tokens;
    }

    /// <summary>The start of a text for an error.</summary>
    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
