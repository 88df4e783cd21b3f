namespace Clip.Tokenization.Decoders;

/// <summary>Makes spaces of the visible character that stands for them, and leaves the one at the start out.</summary>
internal sealed class MetaspaceDecoder(char replacement, bool hasPrefix) : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var text = i == 0 && hasPrefix && tokens[i].StartsWith(replacement) ? tokens[i][1..] : tokens[i];
            tokens[i] = text.Replace(replacement, ' ');
        }
    }
}
