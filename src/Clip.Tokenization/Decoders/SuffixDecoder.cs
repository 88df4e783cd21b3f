namespace Clip.Tokenization.Decoders;

/// <summary>Makes a space of what ends a word; at the end of the text nothing.</summary>
internal sealed class SuffixDecoder(string suffix) : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count && suffix.Length > 0; i++)
            tokens[i] = tokens[i].Replace(suffix, i + 1 < tokens.Count ? " " : "", StringComparison.Ordinal);
    }
}
