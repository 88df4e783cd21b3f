using System.Text.Json;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.PieceModels;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the model of tokenizer.json: BPE, Unigram or WordPiece.</summary>
internal sealed class PieceModelReader
{
    private const string Place = "model";
    private const int MostMerges = 1 << 23;
    private const int LongestWord = 1000;

    private readonly string _path;
    private readonly List<double> _scores = [];
    private Func<PieceModel> _create = null!;

    private PieceModelReader(string path)
    {
        _path = path;
        Tokens = new TokenTable(path);
    }

    /// <summary>Its tokens; those that are added come to them.</summary>
    public TokenTable Tokens { get; }

    public static PieceModelReader Read(string path, ReadOnlySpan<byte> json, Range range)
    {
        var reader = new PieceModelReader(path);
        reader.Read(json[range]);
        return reader;
    }

    /// <summary>Makes the model.</summary>
    public PieceModel Create() => _create();

    private void Read(ReadOnlySpan<byte> json)
    {
        var ranges = JsonRanges.Read(_path, json, Place);
        if (!ranges.TryGetValue("vocab", out var vocabulary))
            throw Error("lacks 'vocab'");
        var options = new Dictionary<string, JsonSection>(StringComparer.Ordinal);
        foreach (var (name, range) in ranges)
        {
            if (name is not ("vocab" or "merges"))
                options.Add(name, JsonRanges.Parse(_path, $"{Place}.{name}", json, range));
        }
        var isList = JsonRanges.Open(json, vocabulary).TokenType == JsonTokenType.StartArray;
        // The oldest files do not say what they are.
        var type = options.TryGetValue("type", out var stated) ? stated.AsText()
            : isList ? "Unigram" : ranges.ContainsKey("merges") ? "BPE" : "WordPiece";
        if (isList != (type == "Unigram"))
            throw Error(isList ? $"has a list of pieces with scores, which {type} has not" : "has no list of pieces with scores, which Unigram needs");
        if (isList)
            ReadPieces(JsonRanges.Open(json, vocabulary));
        else
            ReadIds(JsonRanges.Open(json, vocabulary));

        switch (type)
        {
            case "BPE":
                ReadBytePairs(json, options, ranges.TryGetValue("merges", out var merges) ? merges : throw Error("lacks 'merges'"));
                break;
            case "Unigram":
                ReadUnigram(options);
                break;
            case "WordPiece":
                ReadWordPiece(options);
                break;
            default:
                throw Error($"is a '{TokenTable.Shorten(type)}', which is not supported");
        }
    }

    private void ReadIds(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Error("should have an object of ids by token in 'vocab'");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id))
                throw Error($"gives '{TokenTable.Shorten(token)}' an id that is no integer");
            Tokens.Add(token, id);
        }
    }

    private void ReadPieces(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            var isPiece = reader.Read() && reader.TokenType == JsonTokenType.String;
            var piece = isPiece ? reader.GetString()! : "";
            double score = 0;
            isPiece = isPiece && reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out score)
                && reader.Read() && reader.TokenType == JsonTokenType.EndArray;
            if (!isPiece)
                throw Error($"should have a piece and its score at vocab[{_scores.Count}]");
            if (!double.IsFinite(score))
                throw Error($"has a score that is no number at vocab[{_scores.Count}]");
            Tokens.Add(piece, _scores.Count);
            _scores.Add(score);
        }
        if (reader.TokenType != JsonTokenType.EndArray)
            throw Error($"should have a piece and its score at vocab[{_scores.Count}]");
    }

    private void ReadUnigram(Dictionary<string, JsonSection> options)
    {
        Allow(options, "unk_id", "byte_fallback");
        var unknown = options.TryGetValue("unk_id", out var stated) ? stated.AsInteger() : throw Error("has no 'unk_id', without which Unigram cannot spell all texts");
        if (unknown >= _scores.Count)
            throw Error($"has the unk_id {unknown}, and there are {_scores.Count:N0} pieces");
        var bytes = ReadBytes(options);
        var pieces = Tokens.Ids.Where(piece => piece.Key.Length > 0).Select(piece => (piece.Key, piece.Value)).ToList();
        var scores = _scores.ToArray();
        _create = () => new UnigramModel(pieces, scores, [], unknown, bytes, single: false);
    }

    private void ReadWordPiece(Dictionary<string, JsonSection> options)
    {
        Allow(options, "unk_token", "continuing_subword_prefix", "max_input_chars_per_word");
        var unknown = ReadToken(options, "unk_token") ?? throw Error("has no 'unk_token'");
        var prefix = options.TryGetValue("continuing_subword_prefix", out var stated) ? stated.AsText() : "##";
        var longest = options.TryGetValue("max_input_chars_per_word", out var limit) ? limit.AsInteger() : 100;
        if (longest is 0 or > LongestWord)
            throw Error($"looks at words of {longest:N0} characters, and 1 to {LongestWord:N0} are supported");
        var ids = new Dictionary<string, int>(Tokens.Ids, StringComparer.Ordinal);
        _create = () => new WordPieceModel(ids, prefix, unknown, longest);
    }

    private void ReadBytePairs(ReadOnlySpan<byte> json, Dictionary<string, JsonSection> options, Range range)
    {
        Allow(options, "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges");
        if (options.TryGetValue("dropout", out var dropout) && !(dropout.Element.ValueKind == JsonValueKind.Number && dropout.Element.GetDouble() == 0))
            throw dropout.Error("asks for dropout, which is for training alone");
        var prefix = options.TryGetValue("continuing_subword_prefix", out var continuing) ? continuing.AsText() : "";
        var merges = new MergeReader(_path, Tokens.Ids, prefix, MostMerges).Read(JsonRanges.Open(json, range));
        var ids = new Dictionary<string, int>(Tokens.Ids, StringComparer.Ordinal);
        var unknown = ReadToken(options, "unk_token");
        var bytes = ReadBytes(options);
        var fuse = ReadFlag(options, "fuse_unk");
        var preferWords = ReadFlag(options, "ignore_merges");
        var suffix = options.TryGetValue("end_of_word_suffix", out var end) ? end.AsText() : "";
        _create = () => new BytePairModel(ids, merges)
        {
            UnknownId = unknown,
            Bytes = bytes,
            FuseUnknown = fuse,
            PreferWords = preferWords,
            ContinuingPrefix = prefix,
            WordSuffix = suffix,
        };
    }

    private ByteFallback? ReadBytes(Dictionary<string, JsonSection> options)
    {
        if (!ReadFlag(options, "byte_fallback"))
            return null;
        return ByteFallback.TryCreate(Tokens.Ids) ?? throw Error("has byte_fallback and lacks some of the tokens <0x00> to <0xFF>");
    }

    private int? ReadToken(Dictionary<string, JsonSection> options, string name)
    {
        if (!options.TryGetValue(name, out var token))
            return null;
        return Tokens.Ids.TryGetValue(token.AsText(), out var id) ? id : throw token.Error($"is '{TokenTable.Shorten(token.AsText())}', which is no token of the vocabulary");
    }

    private static bool ReadFlag(Dictionary<string, JsonSection> options, string name) => options.TryGetValue(name, out var flag) && flag.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw flag.Error("should be true or false"),
    };

    private void Allow(Dictionary<string, JsonSection> options, params string[] names)
    {
        if (options.Keys.FirstOrDefault(name => name != "type" && !names.Contains(name)) is { } unknown)
            throw Error($"has the setting '{TokenTable.Shorten(unknown)}', which is not supported");
    }

    private VocabularyException Error(string problem) => new(_path, $"is wrong at {Place}: it {problem}.");
}
