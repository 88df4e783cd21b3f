using Clip.Tokenization.Decoders;
using Clip.Tokenization.PieceModels;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Splitters;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads RoBERTa's vocab.json and merges.txt: GPT-2's byte-level BPE.</summary>
internal static class BytePairFiles
{
    /// <summary>The ids by token.</summary>
    public const string IdsName = "vocab.json";

    /// <summary>The merges, one a line.</summary>
    public const string MergesName = "merges.txt";

    private const int MostMerges = 1 << 20;

    public static TextPipeline Read(string folder, TokenizerConfig config)
    {
        var path = Path.Combine(folder, IdsName);
        var table = new TokenTable(path);
        foreach (var (token, id) in VocabularyJson.ReadIds(path))
            table.Add(token, id);

        var mergesPath = Path.Combine(folder, MergesName);
        var merges = new MergeReader(mergesPath, table.Ids, "", MostMerges);
        var lines = LimitedFile.ReadLines(mergesPath);
        for (var i = 0; i < lines.Length; i++)
        {
            var isMerge = lines[i].Length > 0 && !(i == 0 && lines[i].StartsWith("#version", StringComparison.Ordinal));
            if (isMerge)
                merges.Add(lines[i].TrimEnd('\r'));
        }

        var tokens = table.ToArray();
        int?[] specials = [Find("bos_token", "<s>"), Find("eos_token", "</s>"), Find("pad_token", "<pad>"), Find("unk_token", "<unk>"), Find("mask_token", "<mask>")];
        var added = specials.OfType<int>().Distinct().Select(id => new AddedToken(tokens[id]!, id, TakesLeft: id == specials[4])).ToList();
        return new TextPipeline(tokens, added, normalizer: null)
        {
            Splitter = new ByteWords(config.FindFlag("add_prefix_space") ?? false, split: true),
            Model = new BytePairModel(table.Ids, merges.Create()) { UnknownId = specials[3] },
            Decoder = [new ByteLevelDecoder()],
            StartIds = specials[0] is { } start ? [start] : [],
            EndIds = specials[1] is { } end ? [end] : [],
            PaddingId = specials[2],
        };

        int? Find(string name, string usual) => table.Ids.TryGetValue(config.FindToken(name) ?? usual, out var id) ? id : null;
    }
}
