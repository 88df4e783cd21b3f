using System.Text.Json.Nodes;
using Clip.Tokenization;
using Clip.Tokenization.Tests.Support;

namespace Clip.Parity.Tests.Tokenizers;

/// <summary>What the tokenizers of further families gave, and their vocabularies.</summary>
internal static class RecordedTokenizers
{
    private const string Folder = "tokenizer2";

    /// <summary>A folder or file; skips the test where the reference data has none.</summary>
    public static string Find(params string[] parts)
    {
        string[][] places = [[Folder, .. parts], [Folder, "json", .. parts]];
        var path = places.Select(place => ReferenceData.PathOf(place)).FirstOrDefault(Path.Exists);
        Assert.SkipWhen(path is null, $"{Folder}/{string.Join('/', parts)} is in the complete reference data only; set {ReferenceData.Variable} to its folder.");
        return path!;
    }

    /// <summary>The rows of a file with one JSON object per line.</summary>
    public static IReadOnlyList<JsonNode> Rows(params string[] parts) =>
        [.. File.ReadLines(Find(parts)).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!)];

    /// <summary>Token ids behind which the row is filled up.</summary>
    public static int[] Padded(int[] ids, int length, int padding) => [.. ids, .. Enumerable.Repeat(padding, Math.Max(0, length - ids.Length))];

    /// <summary>The tokens of a text with start and end.</summary>
    public static int[] Ids(this PretrainedTokenizer tokenizer, string text) =>
        [.. tokenizer.StartTokenId is { } start ? (int[])[start] : [], .. tokenizer.EncodeToIds(text), tokenizer.EndTokenId];

    /// <summary>A row of a text.</summary>
    public static int[] Row(this ContextTokenizer tokenizer, string text) => [.. tokenizer.Tokenize(text).Select(id => (int)id)];
}
