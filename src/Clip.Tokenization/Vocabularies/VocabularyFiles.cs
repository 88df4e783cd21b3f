using Clip.Tokenization.BytePairs;

namespace Clip.Tokenization.Vocabularies;

/// <summary>Finds and reads the vocabulary that lies beside a model's weights.</summary>
internal static class VocabularyFiles
{
    public const string Ids = "vocab.json";
    public const string Merges = "merges.txt";
    public const string Tokenizer = "tokenizer.json";
    public const string Original = "bpe_simple_vocab_16e6.txt.gz";

    // The original reads this many of the 262,145 merges in its file: 49,152 less 256 and 2.
    private const int OriginalMerges = 48_894;

    /// <summary>Reads the vocabulary of a folder, or the one that a file belongs to.</summary>
    /// <exception cref="FileNotFoundException">There is none; the message says which file to put where.</exception>
    /// <exception cref="VocabularyException">It is wrong.</exception>
    public static Vocabulary Read(string path)
    {
        var fullPath = Path.GetFullPath(path);
        return Directory.Exists(fullPath) ? ReadFolder(fullPath)
            : File.Exists(fullPath) ? ReadFile(fullPath)
            : throw new FileNotFoundException($"There is no '{fullPath}'. {Advice("a folder")}", fullPath);
    }

    private static Vocabulary ReadFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, Ids)) && File.Exists(Path.Combine(folder, Merges)))
            return ReadPair(Path.Combine(folder, Ids), Path.Combine(folder, Merges));
        if (File.Exists(Path.Combine(folder, Original)))
            return ReadOriginal(Path.Combine(folder, Original));
        if (File.Exists(Path.Combine(folder, Tokenizer)))
            return VocabularyJson.ReadTokenizer(Path.Combine(folder, Tokenizer));
        throw new FileNotFoundException($"There is no vocabulary in '{folder}'. {Advice("that folder")}", Path.Combine(folder, Ids));
    }

    private static Vocabulary ReadFile(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var name = Path.GetFileName(file);
        if (name.StartsWith("merges", StringComparison.Ordinal))
            return ReadPair(Beside(folder, Ids, file), file);
        if (name.StartsWith("vocab", StringComparison.Ordinal))
            return ReadPair(file, Beside(folder, Merges, file));
        return name.EndsWith(".json", StringComparison.Ordinal) ? VocabularyJson.ReadTokenizer(file) : ReadOriginal(file);
    }

    private static string Beside(string folder, string name, string file)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"'{file}' needs {name} beside it, in '{folder}'.", path);
    }

    private static Vocabulary ReadPair(string idsPath, string mergesPath)
    {
        var ids = VocabularyJson.ReadIds(idsPath);
        var lines = LimitedFile.ReadLines(mergesPath);
        var hasVersion = lines[0].StartsWith("#version", StringComparison.Ordinal);
        var last = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        var merges = new MergeList(mergesPath, "line", hasVersion ? 2 : 1);
        for (var i = hasVersion ? 1 : 0; i < last; i++)
            merges.Add(lines[i]);
        return Vocabulary.Create(idsPath, ids, merges);
    }

    private static Vocabulary ReadOriginal(string path)
    {
        var lines = LimitedFile.ReadLines(path);
        if (lines.Length < 1 + OriginalMerges)
        {
            throw new VocabularyException(path,
                $"has {lines.Length:N0} lines; {Original} has a first line and at least {OriginalMerges:N0} merges.");
        }

        var merges = new MergeList(path, "line", firstPosition: 2);
        var tokens = new List<string>();
        tokens.AddRange(ByteAlphabet.Order.Select(value => ByteAlphabet.Characters[value].ToString()));
        tokens.AddRange(ByteAlphabet.Order.Select(value => ByteAlphabet.Characters[value] + ByteAlphabet.EndOfWord));
        for (var i = 0; i < OriginalMerges; i++)
        {
            merges.Add(lines[i + 1]);
            tokens.Add(merges[i].Left + merges[i].Right);
        }
        tokens.Add(ClipTokenizerOptions.OpenAIStart);
        tokens.Add(ClipTokenizerOptions.OpenAIEnd);

        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (!ids.TryAdd(tokens[id], id))
                throw merges.Error(Math.Max(0, id - 512), $"makes '{tokens[id]}', as an earlier line does");
        }
        return Vocabulary.Create(path, ids, merges);
    }

    private static string Advice(string folder) =>
        $"Put {Ids} with {Merges}, or {Tokenizer}, from the repository of the weights into {folder}; or {Original}, " +
        "which is part of OpenAI's CLIP (clip/) and of open_clip (src/open_clip/).";
}
