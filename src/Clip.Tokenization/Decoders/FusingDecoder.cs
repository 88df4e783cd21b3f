namespace Clip.Tokenization.Decoders;

/// <summary>Joins all tokens.</summary>
internal sealed class FusingDecoder : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        var joined = string.Concat(tokens);
        tokens.Clear();
        tokens.Add(joined);
    }
}
