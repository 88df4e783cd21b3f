using System.Text.Json.Nodes;

namespace Clip.Tokenization.Tests.Support;

/// <summary>What the tokenizers of further families gave: tests/Fixtures/tokenizer2, and more of the same in the complete reference data.</summary>
internal static class RecordedPipelines
{
    private const string Folder = "tokenizer2";

    /// <summary>A folder or file; skips the test where neither set has it.</summary>
    public static string Find(params string[] parts)
    {
        var kept = Path.Combine([Fixtures.Root, Folder, .. parts]);
        if (File.Exists(kept) || Directory.Exists(kept))
            return kept;
        var name = parts[0] is "gemma_like" or "unigram_t5" or "unigram_xlm_roberta" ? (string[])[Folder, "json", .. parts] : [Folder, .. parts];
        return External.Require(External.ReferenceData, name);
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
