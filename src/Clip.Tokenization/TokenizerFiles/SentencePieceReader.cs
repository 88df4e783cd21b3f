using Clip.Tokenization.Decoders;
using Clip.Tokenization.Normalizers;
using Clip.Tokenization.PieceModels;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads a SentencePiece model, and numbers its pieces as a family of models does.</summary>
internal static class SentencePieceReader
{
    private const int MostUserDefined = 4096;
    private const char Space = '\u2581';

    private static readonly string[] FairseqTokens = ["<s>", "<pad>", "</s>", "<unk>"];

    /// <summary>Reads a model with its control pieces as added tokens.</summary>
    public static TextPipeline Read(string path, PieceNumbering numbering)
    {
        var model = SentencePieceModel.Read(path, LimitedFile.Read(path));
        return numbering == PieceNumbering.Model ? CreatePlain(path, model, withControls: true) : CreateFairseq(path, model, numbering == PieceNumbering.Nllb);
    }

    /// <summary>Makes a pipeline with the model's own ids.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="model">The model.</param>
    /// <param name="withControls">Whether texts may spell out the tokens that start, end and fill rows.</param>
    public static TextPipeline CreatePlain(string path, SentencePieceModel model, bool withControls)
    {
        var unknown = FindUnknown(path, model);
        var added = withControls
            ? model.Pieces.Select((piece, id) => (piece, id)).Where(item => item.piece.Type == PieceType.Control || item.id == unknown)
                .Where(item => item.piece.Text.Length is > 0 and <= AddedToken.Longest).Select(item => new AddedToken(item.piece.Text, item.id)).ToList()
            : [];
        return Create(path, model, [.. model.Pieces.Select(piece => piece.Text)], added, unknown, id => id);
    }

    // fairseq has four tokens of its own in front of the pieces, whose first three it drops.
    private static TextPipeline CreateFairseq(string path, SentencePieceModel model, bool withLanguages)
    {
        const int Offset = 1;
        if (FindUnknown(path, model) != 0 || model.Pieces.Count < FairseqTokens.Length - Offset)
            throw new VocabularyException(path, "is not a model of fairseq: its first pieces should be <unk>, <s> and </s>.");
        string[] behind = [.. withLanguages ? NllbLanguages.Codes : [], "<mask>"];
        string[] tokens = [.. FairseqTokens, .. model.Pieces.Skip(FairseqTokens.Length - Offset).Select(piece => piece.Text), .. behind];
        var first = tokens.Length - behind.Length;
        var added = FairseqTokens.Select((token, id) => new AddedToken(token, id))
            .Concat(behind.Select((token, index) => new AddedToken(token, first + index, TakesLeft: token == "<mask>")));
        var pipeline = Create(path, model, tokens, [.. added], unknown: 3, id => id + Offset);
        return pipeline;
    }

    private static TextPipeline Create(
        string path, SentencePieceModel model, string[] tokens, IReadOnlyList<AddedToken> added, int unknown, Func<int, int> number)
    {
        var table = new TokenTable(path);
        foreach (var (text, _, _) in model.Pieces)
            table.Add(text, table.Ids.Count);

        var scores = new double[tokens.Length];
        var normal = new List<(string Piece, int Id)>(model.Pieces.Count);
        var userDefined = new List<(string Piece, int Id)>();
        var bytes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < model.Pieces.Count; i++)
        {
            var (text, score, type) = model.Pieces[i];
            var id = number(i);
            if (type is PieceType.Normal or PieceType.UserDefined && text.Length == 0)
                throw new VocabularyException(path, $"has an empty piece, number {i:N0}.");
            if (type is PieceType.Normal or PieceType.UserDefined)
                normal.Add((text, id));
            if (type == PieceType.UserDefined)
                userDefined.Add((text, id));
            if (type == PieceType.Byte)
                bytes.Add(text, id);
            if (type is PieceType.Normal or PieceType.UserDefined)
                scores[id] = score;
        }
        if (userDefined.Count > MostUserDefined)
            throw new VocabularyException(path, $"has {userDefined.Count:N0} pieces of its user's, more than {MostUserDefined:N0}.");
        var fallback = model.HasByteFallback
            ? ByteFallback.TryCreate(bytes) ?? throw new VocabularyException(path, "spells unknown characters in bytes, and lacks some of the pieces <0x00> to <0xFF>.")
            : null;
        return new TextPipeline(tokens, added, CreateNormalizer(path, model, [.. userDefined.Select(piece => piece.Piece)]))
        {
            Model = model.ModelType switch
            {
                SentencePieceModel.Unigram => new UnigramModel(normal, scores, [.. userDefined.Select(piece => piece.Id)], unknown, fallback, single: true),
                SentencePieceModel.BytePairs when model.Pieces.Exists(piece => piece.Type == PieceType.Unused) =>
                    throw new VocabularyException(path, "merges pieces in pairs and has some that are not in use, which is not supported."),
                SentencePieceModel.BytePairs => new ScoredPairModel(normal, scores, userDefined, unknown, fallback),
                _ => throw new VocabularyException(path, $"is a SentencePiece model of type {model.ModelType}; unigram (1) and BPE (2) are supported."),
            },
            Decoder = model.AddSpace && !model.SpaceBehind
                ? [new ByteFallbackDecoder(), new FusingDecoder(), new MetaspaceDecoder(Space, hasPrefix: true)]
                : [new ByteFallbackDecoder(), new FusingDecoder(), new MetaspaceDecoder(Space, hasPrefix: false)],
        };
    }

    private static SentencePieceStep CreateNormalizer(string path, SentencePieceModel model, IReadOnlyList<string> userDefined)
    {
        var map = CharacterMap.TryRead(model.CharacterMap, out var problem);
        if (problem is not null)
            throw new VocabularyException(path, $"has a damaged map of characters: it {problem}.");
        return new SentencePieceStep
        {
            Map = map,
            Untouched = userDefined,
            AddSpace = model.AddSpace,
            SpaceBehind = model.SpaceBehind,
            RemoveExtraSpaces = model.RemoveExtraSpaces,
            EscapeSpaces = model.EscapeSpaces,
        };
    }

    private static int FindUnknown(string path, SentencePieceModel model)
    {
        var unknown = model.Pieces.FindIndex(piece => piece.Type == PieceType.Unknown);
        return unknown >= 0 && model.Pieces.FindLastIndex(piece => piece.Type == PieceType.Unknown) == unknown
            ? unknown
            : throw new VocabularyException(path, "should have exactly one piece for what is unknown.");
    }
}
