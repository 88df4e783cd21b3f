namespace Clip.Tokenization.Decoders;

/// <summary>Replaces a text in each token.</summary>
internal sealed class ReplacingDecoder(string text, string content) : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
            tokens[i] = tokens[i].Replace(text, content, StringComparison.Ordinal);
    }
}
