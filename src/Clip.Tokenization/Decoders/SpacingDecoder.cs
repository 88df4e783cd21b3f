namespace Clip.Tokenization.Decoders;

/// <summary>Puts a space between any two tokens.</summary>
internal sealed class SpacingDecoder : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        for (var i = 1; i < tokens.Count; i++)
            tokens[i] = " " + tokens[i];
    }
}
