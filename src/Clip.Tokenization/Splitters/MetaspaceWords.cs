namespace Clip.Tokenization.Splitters;

/// <summary>Makes spaces a visible character that starts the word after them.</summary>
internal sealed class MetaspaceWords(char replacement, MetaspacePrefix prefix, bool split) : WordSplitter
{
    public override void Split(in TextSlice slice, List<TextSlice> words)
    {
        var text = slice.Span;
        var needsPrefix = text[0] != replacement && text[0] != ' '
            && (prefix == MetaspacePrefix.Always || (prefix == MetaspacePrefix.First && slice.IsFirst));
        var whole = slice;
        if (needsPrefix || text.Contains(' '))
        {
            var replaced = slice.Text.Substring(slice.Start, slice.Length).Replace(' ', replacement);
            if (needsPrefix)
                replaced = replacement + replaced;
            whole = new TextSlice(replaced, 0, replaced.Length, slice.IsFirst);
        }
        if (!split)
        {
            words.Add(whole);
            return;
        }
        text = whole.Span;
        for (int start = 0, end; start < text.Length; start = end)
        {
            var next = text[(start + 1)..].IndexOf(replacement);
            end = next < 0 ? text.Length : start + 1 + next;
            words.Add(whole.Part(start, end - start));
        }
    }
}
