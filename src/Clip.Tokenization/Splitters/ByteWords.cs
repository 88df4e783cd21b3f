using System.Text;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Splitters;

/// <summary>Spells each word's bytes in printable characters, after GPT-2 has split it off where it is asked to.</summary>
internal sealed class ByteWords(bool addSpace, bool split) : WordSplitter
{
    private static readonly MatchSplitter Words = new(new Gpt2Matcher(), MatchBehavior.Isolated, invert: false);

    public override void Split(in TextSlice slice, List<TextSlice> words)
    {
        var whole = slice;
        if (addSpace && slice.Span[0] != ' ')
        {
            var text = $" {slice.Span}";
            whole = new TextSlice(text, 0, text.Length, slice.IsFirst);
        }
        var first = words.Count;
        if (split)
            Words.Split(whole, words);
        else
            words.Add(whole);
        for (var i = first; i < words.Count; i++)
        {
            var spelled = Spell(words[i].Span);
            words[i] = new TextSlice(spelled, 0, spelled.Length, words[i].IsFirst);
        }
    }

    private static string Spell(ReadOnlySpan<char> word)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(word)];
        Encoding.UTF8.GetBytes(word, utf8);
        return string.Create(utf8.Length, utf8, (characters, bytes) =>
        {
            for (var i = 0; i < bytes.Length; i++)
                characters[i] = ByteAlphabet.Characters[bytes[i]];
        });
    }
}
