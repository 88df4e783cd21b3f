using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Clip.Shared;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization;

/// <summary>A byte-pair vocabulary in CLIP's order: bytes, bytes at the end of words, merges, start token, end token.</summary>
/// <remarks>The end token has the highest id, where models that pool at the highest id look for it.</remarks>
public sealed class LearnedVocabulary
{
    internal const int SpecialTokens = 2;

    internal LearnedVocabulary(IEnumerable<string> tokens, IEnumerable<(string Left, string Right)> merges)
    {
        Tokens = [.. tokens, ClipTokenizerOptions.OpenAIStart, ClipTokenizerOptions.OpenAIEnd];
        Merges = [.. merges];
    }

    /// <summary>The tokens by id, as vocabulary files spell them: a character per byte, "&lt;/w&gt;" at the end of words.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The pairs of tokens that are merged, in the order in which they are.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Number of tokens: the vocabulary size of a text tower.</summary>
    public int Size => Tokens.Count;

    /// <summary>Writes <c>vocab.json</c> and <c>merges.txt</c>, which <see cref="ClipTokenizer.Load"/> reads; older ones are replaced.</summary>
    /// <param name="folder">Where to; made if it is not there.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file must not be written.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, VocabularyFiles.Ids), WriteIds);
        AtomicFile.Write(Path.Combine(folder, VocabularyFiles.Merges), WriteMerges);
    }

    private void WriteIds(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        for (var id = 0; id < Tokens.Count; id++)
            json.WriteNumber(Tokens[id], id);
        json.WriteEndObject();
    }

    private void WriteMerges(Stream stream)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        text.WriteLine("#version: 0.2");
        foreach (var (left, right) in Merges)
            text.WriteLine($"{left} {right}");
    }
}
