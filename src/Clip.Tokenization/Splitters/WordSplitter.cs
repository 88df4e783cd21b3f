namespace Clip.Tokenization.Splitters;

/// <summary>Splits text into the words whose pieces are found one by one.</summary>
internal abstract class WordSplitter
{
    /// <summary>Appends the words of a part of the text, which is not empty.</summary>
    public abstract void Split(in TextSlice slice, List<TextSlice> words);
}
