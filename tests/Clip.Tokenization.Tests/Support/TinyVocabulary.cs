using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Tests.Support;

/// <summary>A vocabulary of a few merges in each of the file formats.</summary>
internal static class TinyVocabulary
{
    public const int Start = 512 + 12;
    public const int End = Start + 1;
    private const int OriginalMerges = 48_894;

    /// <summary>The merges; token 512 + i is what merge i makes.</summary>
    public static readonly (string Left, string Right)[] Merges =
    [
        ("c", "a"), ("ca", "t</w>"), ("d", "o"), ("do", "g</w>"), ("o", "f</w>"), ("a", "a"), ("aa", "aa"), ("aa", "a</w>"), ("h", "e"),
        ("l", "l"), ("he", "ll"), ("hell", "o</w>"),
    ];

    /// <summary>The tokens by id.</summary>
    public static readonly string[] Tokens =
    [
        .. ByteAlphabet.Order.Select(value => ByteAlphabet.Characters[value].ToString()),
        .. ByteAlphabet.Order.Select(value => ByteAlphabet.Characters[value] + "</w>"),
        .. Merges.Select(merge => merge.Left + merge.Right),
        "<|startoftext|>",
        "<|endoftext|>",
    ];

    /// <summary>A tokenizer on this vocabulary.</summary>
    public static ClipTokenizer Load(ClipTokenizerOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        WritePair(folder.Path);
        return ClipTokenizer.Load(folder.Path, options);
    }

    /// <summary>Writes vocab.json and merges.txt.</summary>
    public static void WritePair(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "vocab.json"), Ids().ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"),
            "#version: 0.2\n" + string.Concat(Merges.Select(merge => $"{merge.Left} {merge.Right}\n")));
    }

    /// <summary>Writes tokenizer.json, its merges as strings or as pairs, its special tokens among the added ones.</summary>
    public static void WriteTokenizer(string path, bool pairs)
    {
        var ids = Ids();
        ids.Remove("<|startoftext|>");
        ids.Remove("<|endoftext|>");
        var merges = Merges.Select(merge => pairs
            ? (JsonNode)new JsonArray(merge.Left, merge.Right)
            : JsonValue.Create($"{merge.Left} {merge.Right}"));
        File.WriteAllText(path, new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject { ["id"] = Start, ["content"] = "<|startoftext|>" },
                new JsonObject { ["id"] = End, ["content"] = "<|endoftext|>" }),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = ids, ["merges"] = new JsonArray([.. merges]) },
        }.ToJsonString());
    }

    /// <summary>The original's file, packed: a first line and as many merges as it reads, pairs of bytes all of them.</summary>
    public static byte[] PackOriginal(int merges = OriginalMerges)
    {
        var text = new StringBuilder("\"bpe_simple_vocab_16e6.txt#version: 0.2\n");
        for (var i = 0; i < merges; i++)
            text.Append(ByteAlphabet.Characters[i / 256]).Append(' ').Append(ByteAlphabet.Characters[i % 256]).Append('\n');
        return Pack(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Packs bytes as gzip.</summary>
    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static JsonObject Ids() => new(Tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id)));
}
