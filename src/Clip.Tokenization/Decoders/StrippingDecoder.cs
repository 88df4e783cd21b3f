namespace Clip.Tokenization.Decoders;

/// <summary>Takes a character off the ends of each token, as often as it is there and allowed.</summary>
internal sealed class StrippingDecoder(char content, int start, int stop) : DecodingStep
{
    public override void Apply(List<string> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            int first = 0, end = tokens[i].Length;
            while (first < end && first < start && tokens[i][first] == content)
                first++;
            for (var taken = 0; taken < stop && end > first && tokens[i][end - 1] == content; taken++)
                end--;
            tokens[i] = tokens[i][first..end];
        }
    }
}
