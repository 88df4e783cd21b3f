namespace Clip.Tokenization.Decoders;

/// <summary>Joins pieces that continue a word, and puts a space before the others.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : DecodingStep
{
    private static readonly (string Spaced, string Joined)[] Punctuation =
        [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re")];

    public override void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (i > 0)
                tokens[i] = tokens[i].StartsWith(prefix, StringComparison.Ordinal) ? tokens[i][prefix.Length..] : " " + tokens[i];
            if (!cleanup)
                continue;
            foreach (var (spaced, joined) in Punctuation)
                tokens[i] = tokens[i].Replace(spaced, joined, StringComparison.Ordinal);
        }
    }
}
