using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Decoders;
using Clip.Tokenization.Normalizers;
using Clip.Tokenization.PieceModels;
using Clip.Tokenization.Splitters;

namespace Clip.Tokenization.Pipelines;

/// <summary>The way from a text to token ids and back: added tokens, normalization, words, pieces.</summary>
internal sealed class TextPipeline
{
    private readonly AddedTokenFinder _inText;
    private readonly AddedTokenFinder _inNormalized;
    private readonly HashSet<int> _specialIds;

    /// <summary>Creates a pipeline.</summary>
    /// <param name="tokens">The tokens by id; null where there is none.</param>
    /// <param name="added">Those that are looked for in texts.</param>
    /// <param name="normalizer">What rewrites texts; null for nothing.</param>
    public TextPipeline(string?[] tokens, IReadOnlyList<AddedToken> added, NormalizationStep? normalizer)
    {
        Tokens = tokens;
        Normalizer = normalizer;
        _inText = new AddedTokenFinder(added.Where(token => !token.Normalized));
        _inNormalized = new AddedTokenFinder(added.Where(token => token.Normalized)
            .Select(token => token with { Content = normalizer?.Apply(token.Content) ?? token.Content })
            .Where(token => token.Content.Length > 0).DistinctBy(token => token.Content));
        _specialIds = [.. added.Where(token => token.IsSpecial).Select(token => token.Id)];
    }

    /// <summary>The tokens by id; null where there is none.</summary>
    public string?[] Tokens { get; }

    /// <summary>What rewrites texts; null for nothing.</summary>
    public NormalizationStep? Normalizer { get; }

    /// <summary>What splits texts into words; null where a text is one.</summary>
    public WordSplitter? Splitter { get; init; }

    /// <summary>What cuts words into pieces.</summary>
    public required PieceModel Model { get; init; }

    /// <summary>What makes text of tokens.</summary>
    public IReadOnlyList<DecodingStep> Decoder { get; init; } = [new SpacingDecoder()];

    /// <summary>The tokens that the file puts before each text.</summary>
    public IReadOnlyList<int> StartIds { get; init; } = [];

    /// <summary>The tokens that the file puts behind each text.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>The token that the file fills rows with; null where it does not say.</summary>
    public int? PaddingId { get; init; }

    /// <summary>Tokens that no text contains, however it is spelled.</summary>
    public IReadOnlyList<int> ControlIds { get; init; } = [];

    /// <summary>Appends the tokens of a text.</summary>
    public void Encode(string text, TokenBuffer buffer)
    {
        var done = 0;
        while (_inText.TryNext(text, done, out var match))
        {
            EncodePart(text[done..match.Start], done == 0, buffer);
            Add(match.Token, buffer);
            done = match.End;
        }
        EncodePart(done == 0 ? text : text[done..], done == 0, buffer);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? Find(string token) => Array.IndexOf(Tokens, token) is >= 0 and var id ? id : null;

    /// <summary>Turns tokens back into text.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        var tokens = new List<string>();
        foreach (var id in ids)
        {
            if (id < 0 || id >= Tokens.Length || Tokens[id] is not { } token)
                throw new ArgumentException($"{id} is not one of the {Tokens.Length:N0} tokens.", nameof(ids));
            if (!skipSpecialTokens || !(_specialIds.Contains(id) || ControlIds.Contains(id)))
                tokens.Add(token);
        }
        foreach (var step in Decoder)
            step.Apply(tokens);
        return string.Concat(tokens);
    }

    private void EncodePart(string text, bool isFirst, TokenBuffer buffer)
    {
        if (text.Length == 0)
            return;
        var normalized = Normalizer?.Apply(text) ?? text;
        var done = 0;
        while (_inNormalized.TryNext(normalized, done, out var match))
        {
            EncodeWords(new TextSlice(normalized, done, match.Start - done, isFirst && done == 0), buffer);
            Add(match.Token, buffer);
            done = match.End;
        }
        EncodeWords(new TextSlice(normalized, done, normalized.Length - done, isFirst && done == 0), buffer);
    }

    private void EncodeWords(in TextSlice slice, TokenBuffer buffer)
    {
        if (slice.Length == 0)
            return;
        if (Splitter is null)
        {
            EncodeWord(slice.Span, buffer);
            return;
        }
        var words = new List<TextSlice>();
        Splitter.Split(slice, words);
        foreach (var word in words)
            EncodeWord(word.Span, buffer);
    }

    private void EncodeWord(ReadOnlySpan<char> word, TokenBuffer buffer)
    {
        var tokens = new WordTokens(buffer, word);
        Model.Encode(word, ref tokens);
    }

    private static void Add(in AddedToken token, TokenBuffer buffer)
    {
        buffer.Add(token.Id, buffer.Length);
        buffer.Append(token.Content);
    }
}
