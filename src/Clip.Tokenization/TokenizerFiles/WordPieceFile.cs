using Clip.Tokenization.Decoders;
using Clip.Tokenization.Normalizers;
using Clip.Tokenization.PieceModels;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Splitters;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads BERT's vocab.txt: a piece a line, its number the id.</summary>
internal static class WordPieceFile
{
    /// <summary>The name of such files.</summary>
    public const string FileName = "vocab.txt";

    private const string Continuing = "##";
    private const int LongestWord = 100;

    public static TextPipeline Read(string path, TokenizerConfig config)
    {
        var table = new TokenTable(path);
        var lines = LimitedFile.ReadLines(path);
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (var id = 0; id < count; id++)
            table.Add(lines[id].TrimEnd('\r'), id);

        var unknown = Require("unk_token", "[UNK]");
        var start = Require("cls_token", "[CLS]");
        var end = Require("sep_token", "[SEP]");
        int?[] specials = [unknown, start, end, Find("pad_token", "[PAD]"), Find("mask_token", "[MASK]")];
        var tokens = table.ToArray();
        var added = specials.OfType<int>().Distinct().Select(id => new AddedToken(tokens[id]!, id)).ToList();
        var lowerCase = config.FindFlag("do_lower_case") ?? true;
        return new TextPipeline(tokens, added, new BertStep(
            cleanText: true, config.FindFlag("tokenize_chinese_chars") ?? true, config.FindFlag("strip_accents") ?? lowerCase, lowerCase))
        {
            Splitter = new BertWords(),
            Model = new WordPieceModel(table.Ids, Continuing, unknown, LongestWord),
            Decoder = [new WordPieceDecoder(Continuing, cleanup: true)],
            StartIds = [start],
            EndIds = [end],
            PaddingId = specials[3],
        };

        int Require(string name, string usual) => Find(name, usual)
            ?? throw new VocabularyException(path, $"lacks the token '{config.FindToken(name) ?? usual}': it is no vocabulary of BERT's kind.");

        int? Find(string name, string usual) => table.Ids.TryGetValue(config.FindToken(name) ?? usual, out var id) ? id : null;
    }
}
