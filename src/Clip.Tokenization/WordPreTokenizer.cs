using Clip.Tokenization.BytePairs;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

/// <summary>The splitting into words as the library's pre-tokenizer.</summary>
internal sealed class WordPreTokenizer(WordScanner scanner) : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var buffer = TokenBuffer.Rent();
        buffer.Append(text);
        var words = new List<(int, int)>();
        int start = 0, counted = 0, characters = 0;
        while (scanner.TryNext(buffer.Utf8, ref start, out var end))
        {
            characters += buffer.CharacterIndex(counted, start);
            var length = buffer.CharacterIndex(start, end);
            words.Add((characters, length));
            characters += length;
            counted = start = end;
        }
        buffer.Return();
        return words;
    }
}
