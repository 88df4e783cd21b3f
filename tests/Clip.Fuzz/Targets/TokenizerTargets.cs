using System.Text;
using System.Text.Json.Nodes;
using Clip.Fuzz.Mutation;
using Clip.Tokenization;
using Clip.Tokenization.Tests.Support;

namespace Clip.Fuzz.Targets;

/// <summary>Every form of vocabulary, and texts.</summary>
internal static class TokenizerTargets
{
    private const int OriginalMerges = 48_894;

    private static readonly ClipTokenizerOptions s_clipOptions = new() { Overflow = TokenOverflow.Truncate };
    private static readonly SigLipTokenizerOptions s_sigLipOptions = new() { Overflow = TokenOverflow.Truncate };

    private static readonly Lazy<LearnedVocabulary> s_learned = new(() =>
    {
        var learner = new VocabularyLearner();
        learner.AddRange(Enumerable.Repeat("a cat and a dog; the cat's hat of the dog, aaaa", 4));
        return learner.Learn(560);
    });

    /// <summary>The targets.</summary>
    public static IEnumerable<FuzzTarget> All() =>
    [
        new TokenizerTarget("vocabulary-json", new JsonMutator(), LoadClip, () => [.. Pair().Reverse().Take(2)]),
        new TokenizerTarget("vocabulary-merges", new LinesMutator(), LoadClip, Pair),
        new TokenizerTarget("vocabulary-tokenizer", new JsonMutator(), LoadClip, () => [Tokenizer()]),
        new TokenizerTarget("vocabulary-original", new GzipMutator(new LinesMutator()), LoadClip, () => [Original()]),
        new TokenizerTarget("vocabulary-sentencepiece", new ProtobufMutator(), LoadSigLip, SentencePiece),
        new TokenizerTarget("tokenizer-json", new JsonMutator(), folder => Load(folder, PretrainedTokenizerOptions.Gemma), () => [GemmaLike()]),
        new TokenizerTarget("tokenizer-wordpiece", new LinesMutator(), folder => Load(folder, PretrainedTokenizerOptions.Clipa), () => [WordPiece()]),
        new TokenizerTarget("tokenizer-tiktoken", new LinesMutator(), folder => Load(folder, PretrainedTokenizerOptions.Tiktoken), () => [Tiktoken()]),
        new TokenizerTarget("tokenizer-sentencepiece", new ProtobufMutator(), folder => Load(folder, PretrainedTokenizerOptions.T5), SentencePiece),
        new TextTarget("text-clip", LoadClip, Pair),
        new TextTarget("text-json", folder => Load(folder, PretrainedTokenizerOptions.Gemma), () => [GemmaLike()]),
        new TextTarget("text-siglip", LoadSigLip, SentencePiece),
        new TextTarget("text-tiktoken", folder => Load(folder, PretrainedTokenizerOptions.Tiktoken), () => [Tiktoken()]),
    ];

    /// <summary>The files vocab.json and merges.txt of a small vocabulary.</summary>
    public static IReadOnlyList<Seed> Pair()
    {
        using var folder = new TemporaryFolder();
        s_learned.Value.Save(folder.Path);
        return [.. folder.Names.Select(name => new Seed(name, File.ReadAllBytes(folder.File(name))))];
    }

    private static ClipTokenizer LoadClip(string folder) => ClipTokenizer.Load(folder, s_clipOptions);

    private static SigLipTokenizer LoadSigLip(string folder) => SigLipTokenizer.Load(folder, s_sigLipOptions);

    private static PretrainedTokenizer Load(string folder, PretrainedTokenizerOptions options) =>
        PretrainedTokenizer.Load(folder, options with { Overflow = TokenOverflow.Truncate });

    private static Seed GemmaLike() => new("tokenizer.json", File.ReadAllBytes(Fixtures.Find("tokenizer2", "gemma_like", "tokenizer.json")));

    private static Seed WordPiece() => new("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\ncat\n##s\nhello\n!\n&\n##a\n"u8.ToArray());

    private static Seed Tiktoken() => new(TinyTiktoken.FileName, Encoding.UTF8.GetBytes(TinyTiktoken.Text("he", "ll", "hell", " c", " ca", "aa", "aaaa")));

    private static Seed Tokenizer()
    {
        var (tokens, merges) = (s_learned.Value.Tokens, s_learned.Value.Merges);
        var json = new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject { ["id"] = tokens.Count - 2, ["content"] = tokens[^2] }, new JsonObject { ["id"] = tokens.Count - 1, ["content"] = tokens[^1] }),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = new JsonObject(tokens.SkipLast(2).Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
                ["merges"] = new JsonArray([.. merges.Select((merge, place) => place % 2 == 0
                    ? (JsonNode)new JsonArray(merge.Left, merge.Right)
                    : JsonValue.Create($"{merge.Left} {merge.Right}"))]),
            },
        };
        return new Seed("tokenizer.json", Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    // The 256 bytes come first among the tokens, so that any two of them are a merge of their own.
    private static Seed Original()
    {
        var text = new StringBuilder("\"bpe_simple_vocab_16e6.txt#version: 0.2\n");
        for (var i = 0; i < OriginalMerges; i++)
            text.Append(s_learned.Value.Tokens[i / 256]).Append(' ').Append(s_learned.Value.Tokens[i % 256]).Append('\n');
        return new Seed("bpe_simple_vocab_16e6.txt.gz", GzipMutator.Pack(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static IReadOnlyList<Seed> SentencePiece()
    {
        using var folder = new TemporaryFolder();
        TinySentencePiece.Write(folder.File("spiece.model"));
        return [new Seed("spiece.model", File.ReadAllBytes(folder.File("spiece.model")))];
    }
}
