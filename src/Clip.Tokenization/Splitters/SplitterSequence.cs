namespace Clip.Tokenization.Splitters;

/// <summary>Splits what a splitter leaves by the next one.</summary>
internal sealed class SplitterSequence(IReadOnlyList<WordSplitter> splitters) : WordSplitter
{
    public override void Split(in TextSlice slice, List<TextSlice> words)
    {
        var parts = new List<TextSlice> { slice };
        foreach (var splitter in splitters)
        {
            var next = new List<TextSlice>(parts.Count);
            foreach (var part in parts)
                splitter.Split(part, next);
            parts = next;
        }
        words.AddRange(parts);
    }
}
