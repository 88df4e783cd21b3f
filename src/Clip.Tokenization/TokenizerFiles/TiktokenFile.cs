using System.Globalization;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Decoders;
using Clip.Tokenization.PieceModels;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Splitters;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the ranks of tiktoken's r50k_base, which is GPT-2's byte-level BPE: on each line the bytes of a token in base 64, and its rank.</summary>
/// <remarks>
/// The ranks are the ids; above them stands tiktoken's own token for the end of a text, which open_clip does not use, and then the three
/// that it adds (open_clip, tokenizer.py, TikTokenTokenizer): the end of a text, padding, and the start.
/// </remarks>
internal static class TiktokenFile
{
    /// <summary>How such files' names end.</summary>
    public const string Extension = ".tiktoken";

    /// <summary>The name of the published file.</summary>
    public const string FileName = "r50k_base.tiktoken";

    // Files do not say how texts are split; those with more ranks than r50k_base are of encodings that split otherwise.
    private const int MostRanks = 50_256;

    private static readonly string[] ControlTokens = ["<|endoftext|>", "<|end|>", "<|padding|>", "<|start|>"];

    public static TextPipeline Read(string path)
    {
        var table = new TokenTable(path);
        var lines = LimitedFile.ReadLines(path);
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        if (count > MostRanks)
        {
            throw new VocabularyException(
                path, $"has {count:N0} ranks, more than the {MostRanks:N0} of r50k_base: it is of another encoding, which splits texts otherwise.");
        }
        for (var i = 0; i < count; i++)
        {
            var (token, rank) = ReadLine(path, lines[i].TrimEnd('\r'), i + 1);
            table.Add(token, rank);
        }
        if (ByteAlphabet.Characters.FirstOrDefault(character => !table.Ids.ContainsKey(character.ToString())) is not '\0' and var missing)
            throw new VocabularyException(path, $"has no rank for the byte {Array.IndexOf(ByteAlphabet.Characters, missing)}.");
        var tokens = table.ToArray();
        if (tokens.Length != count)
            throw new VocabularyException(path, $"has {count:N0} ranks up to {tokens.Length - 1:N0}, so that some are missing.");

        var end = count + 1;
        return new TextPipeline([.. tokens, .. ControlTokens], [], normalizer: null)
        {
            Splitter = new ByteWords(addSpace: false, split: true),
            Model = new RankedPairModel(table.Ids),
            Decoder = [new ByteLevelDecoder()],
            StartIds = [end + 2],
            EndIds = [end],
            PaddingId = end + 1,
            ControlIds = [count, end, end + 1, end + 2],
        };
    }

    private static (string Token, int Rank) ReadLine(string path, string line, int number)
    {
        var space = line.IndexOf(' ');
        if (space < 0)
            throw Error("is not the bytes of a token in base 64, a space, and a rank");
        var bytes = new byte[line.Length];
        if (!Convert.TryFromBase64Chars(line.AsSpan(0, space), bytes, out var length) || length == 0)
            throw Error("has no token in base 64");
        if (!int.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var rank))
            throw Error($"has the rank '{TokenTable.Shorten(line[(space + 1)..])}', which is no number");
        return (string.Create(length, bytes, (characters, source) =>
        {
            for (var i = 0; i < characters.Length; i++)
                characters[i] = ByteAlphabet.Characters[source[i]];
        }), rank);

        VocabularyException Error(string problem) => new(path, $"is wrong in line {number:N0}: it {problem}.");
    }
}
