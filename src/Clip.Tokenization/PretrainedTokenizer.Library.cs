using Clip.Tokenization.BytePairs;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

public sealed partial class PretrainedTokenizer
{
    /// <inheritdoc/>
    /// <remarks>Offsets are those of the text as the pieces see it, with visible characters for spaces and without the spaces between words where the tokenizer drops them.</remarks>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var buffer = TokenBuffer.Rent();
        Encode(text ?? textSpan.ToString(), settings.ConsiderNormalization, buffer);
        var count = buffer.WholeCharacters(settings.MaxTokenCount);
        var tokens = new EncodedToken[count];
        for (int i = 0, start = 0; i < count; i++)
        {
            var end = start + buffer.CharacterIndex(buffer.Starts[i], i + 1 < buffer.Count ? buffer.Starts[i + 1] : buffer.Length);
            tokens[i] = new EncodedToken(buffer.Ids[i], _pipeline.Tokens[buffer.Ids[i]]!, start..end);
            start = end;
        }
        var results = new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = buffer.GetText(), CharsConsumed = buffer.CharactersBefore(count) };
        buffer.Return();
        return results;
    }
}
