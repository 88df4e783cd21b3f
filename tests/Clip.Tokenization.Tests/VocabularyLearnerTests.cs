using System.Text;

namespace Clip.Tokenization.Tests;

/// <summary>Byte-pair vocabularies that are learned from captions.</summary>
public class VocabularyLearnerTests
{
    private static readonly string[] Captions =
    [
        "A small red triangle near the top left.", "a large red circle on stripes", "the picture shows a circle", "small circles, small squares",
        "there is a square at the bottom left", "an orange star; an orange ring", "aaaaaaaa aaaa aaa aa a", "banana bandana ananas",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Learn_AnyCorpus_EqualsTheNaiveAlgorithm(long minCount)
    {
        var random = new Random(17);
        for (var corpus = 0; corpus < 25; corpus++)
        {
            // Few letters make many ties, repeated pairs and tokens that two merges make.
            var letters = "abcé"[..(2 + corpus % 3)];
            var texts = Enumerable.Range(0, 30)
                .Select(_ => string.Join(' ', Enumerable.Range(0, 4).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => letters[random.Next(letters.Length)])]))))
                .ToList();
            var size = 514 + random.Next(0, 60);

            var learned = Learn(texts, size, minCount);

            var (tokens, merges) = NaivePairs.Learn(texts.SelectMany(text => text.Split(' ')), size - 2, minCount);
            Assert.Equal(merges, learned.Merges);
            Assert.Equal([.. tokens, "<|startoftext|>", "<|endoftext|>"], learned.Tokens);
        }
    }

    [Fact]
    public void Learn_TwiceInAnotherOrder_GivesTheSameVocabulary()
    {
        var first = Learn(Captions, 600);
        var second = Learn(Captions.Reverse(), 600);

        Assert.Equal(first.Merges, second.Merges);
        Assert.Equal(first.Tokens, second.Tokens);
    }

    [Fact]
    public void Learn_FrequentWord_BecomesOneToken()
    {
        var learned = Learn(Enumerable.Repeat("a red star", 3), 1000);

        Assert.Contains("red</w>", learned.Tokens);
        Assert.Contains("star</w>", learned.Tokens);
        Assert.Equal(512 + learned.Merges.Count + 2, learned.Size);
        Assert.Equal("<|endoftext|>", learned.Tokens[^1]);
    }

    [Fact]
    public void Learn_NoWords_LeavesTheBytes()
    {
        var learned = new VocabularyLearner().Learn(1000);

        Assert.Equal(514, learned.Size);
        Assert.Empty(learned.Merges);
    }

    [Fact]
    public void Learn_Size_IsNotExceeded()
    {
        for (var size = 514; size < 530; size++)
            Assert.Equal(size, Learn(Captions, size).Size);
    }

    [Fact]
    public void Save_ThenLoad_EncodesAndDecodesEveryText()
    {
        using var folder = new TemporaryFolder();
        var learned = Learn(Captions, 560);
        learned.Save(folder.Path);

        var tokenizer = ClipTokenizer.Load(folder.Path, new ClipTokenizerOptions { ContextLength = 64 });

        Assert.Equal(learned.Size, tokenizer.VocabularySize);
        Assert.Equal(learned.Size - 1, tokenizer.EndTokenId);
        Assert.Equal(learned.Size - 2, tokenizer.StartTokenId);
        foreach (var text in (string[])["a small circle", "zebra 7", "héros à Ωmega", "日本語 emoji 🎈"])
        {
            var row = tokenizer.Tokenize(text);
            var ids = row.Skip(1).TakeWhile(id => id != tokenizer.EndTokenId).Select(id => (int)id);
            Assert.Equal(tokenizer.Clean(text), tokenizer.Decode(ids).TrimEnd());
        }
    }

    [Fact]
    public void Save_ThenLoad_GivesTheTokensOfTheLearnedMerges()
    {
        using var folder = new TemporaryFolder();
        var learned = Learn(Captions, 580);
        learned.Save(folder.Path);
        var tokenizer = ClipTokenizer.Load(folder.Path);

        foreach (var word in Captions.SelectMany(caption => caption.ToLowerInvariant().Split(' ')).Where(word => word.All(char.IsAsciiLetter)))
        {
            var expected = NaivePairs.Apply(word, learned.Merges).Select(token => learned.Tokens.ToList().IndexOf(token));
            Assert.Equal(expected, tokenizer.Tokenize(word).Skip(1).TakeWhile(id => id != tokenizer.EndTokenId).Select(id => (int)id));
        }
    }

    [Fact]
    public void Save_Twice_WritesTheSameBytesAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        Learn(Captions, 560).Save(folder.Path);
        var before = Directory.GetFiles(folder.Path).Order().Select(file => (Path.GetFileName(file), Convert.ToHexString(File.ReadAllBytes(file)))).ToList();

        Learn(Captions, 560).Save(folder.Path);

        Assert.Equal(before, Directory.GetFiles(folder.Path).Order().Select(file => (Path.GetFileName(file), Convert.ToHexString(File.ReadAllBytes(file)))));
        Assert.Equal(["merges.txt", "vocab.json"], before.Select(file => file.Item1));
    }

    [Fact]
    public void Add_HostileTexts_LearnsAVocabularyThatLoads()
    {
        using var folder = new TemporaryFolder();
        var learner = new VocabularyLearner();
        var random = new Random(5);
        learner.Add("</w></w> a</w> <|startoftext|><|endoftext|> #version: 0.2 \0\u0001 \uD800 \\ \" &amp;&lt;&#0; \u00A0\u2028\u3000 i\u0307İ");
        for (var i = 0; i < 200; i++)
            learner.Add(new string([.. Enumerable.Range(0, 40).Select(_ => (char)random.Next(0, 0x3000))]));
        for (var i = 0; i < 3; i++)
            learner.Add("</w>#version \"\\ </w>#version \"\\");

        learner.Learn(2000, minCount: 1).Save(folder.Path);

        var tokenizer = ClipTokenizer.Load(folder.Path);
        Assert.DoesNotContain(tokenizer.Tokenize("</w>#version").Skip(1), id => id == tokenizer.StartTokenId);
    }

    [Fact]
    public void Add_SpecialTokens_AreNoWords()
    {
        var learner = new VocabularyLearner();
        learner.Add("<|startoftext|> red <|endoftext|>");

        Assert.Equal(1, learner.Words);
        Assert.Equal(1, learner.DistinctWords);
    }

    [Fact]
    public void Add_MoreWordsThanAllowed_PassesNewOnesOver()
    {
        var learner = new VocabularyLearner(maxWords: 2);
        learner.AddRange(["red blue", "green red", "pink blue"]);

        Assert.Equal(2, learner.DistinctWords);
        Assert.Equal(4, learner.Words);
        Assert.Equal(2, learner.WordsPassedOver);
    }

    [Fact]
    public void Add_WordOfAMillionLetters_IsPassedOver()
    {
        var learner = new VocabularyLearner();
        learner.Add(new string('a', 1_000_000));
        learner.Add(new string('b', VocabularyLearner.LongestWord));

        Assert.Equal(1, learner.WordsPassedOver);
        Assert.Equal(1, learner.Words);
    }

    [Theory]
    [InlineData(513, 1)]
    [InlineData(600, 0)]
    public void Learn_NumberTooSmall_ThrowsArgumentOutOfRangeException(int size, long minCount) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VocabularyLearner().Learn(size, minCount));

    [Fact]
    public void Learn_Cancelled_Throws()
    {
        var learner = new VocabularyLearner();
        learner.AddRange(Captions);
        Assert.Throws<OperationCanceledException>(() => learner.Learn(600, cancellationToken: new CancellationToken(canceled: true)));
        Assert.Throws<OperationCanceledException>(() => learner.AddRange(Captions, new CancellationToken(canceled: true)));
    }

    private static LearnedVocabulary Learn(IEnumerable<string> texts, int size, long minCount = 2)
    {
        var learner = new VocabularyLearner();
        learner.AddRange(texts);
        return learner.Learn(size, minCount);
    }

    /// <summary>The algorithm as the paper writes it, counting everything anew for each merge.</summary>
    private static class NaivePairs
    {
        public static (List<string> Tokens, List<(string, string)> Merges) Learn(IEnumerable<string> words, int size, long minCount)
        {
            var bytes = Enumerable.Range(0, 256).OrderBy(code => IsPrintable(code) ? 0 : 1).Select(Character).ToList();
            var tokens = bytes.Concat(bytes.Select(token => token + "</w>")).ToList();
            var merges = new List<(string, string)>();
            var counted = words.GroupBy(word => word).Select(group => (Tokens: Spell(group.Key), Count: (long)group.Count())).ToList();
            while (tokens.Count < size)
            {
                var best = counted
                    .SelectMany(word => word.Tokens.Zip(word.Tokens.Skip(1)).Select(pair => (Pair: pair, word.Count)))
                    .GroupBy(entry => entry.Pair)
                    .Select(group => (Pair: group.Key, Count: group.Sum(entry => entry.Count)))
                    .OrderByDescending(entry => entry.Count)
                    .ThenBy(entry => tokens.IndexOf(entry.Pair.First))
                    .ThenBy(entry => tokens.IndexOf(entry.Pair.Second))
                    .FirstOrDefault();
                if (best.Count < minCount || best.Count == 0)
                    break;
                merges.Add(best.Pair);
                if (!tokens.Contains(best.Pair.First + best.Pair.Second))
                    tokens.Add(best.Pair.First + best.Pair.Second);
                counted = [.. counted.Select(word => (Merge(word.Tokens, best.Pair), word.Count))];
            }
            return (tokens, merges);
        }

        public static List<string> Apply(string word, IEnumerable<(string, string)> merges) => merges.Aggregate(Spell(word), Merge);

        private static List<string> Merge(List<string> word, (string First, string Second) pair)
        {
            var merged = new List<string>();
            for (var i = 0; i < word.Count; i++)
            {
                var isPair = i + 1 < word.Count && (word[i], word[i + 1]) == pair;
                merged.Add(isPair ? word[i] + word[++i] : word[i]);
            }
            return merged;
        }

        private static List<string> Spell(string word)
        {
            var tokens = Encoding.UTF8.GetBytes(word).Select(value => Character(value)).ToList();
            tokens[^1] += "</w>";
            return tokens;
        }

        private static bool IsPrintable(int code) => code is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);

        private static string Character(int code) => IsPrintable(code)
            ? ((char)code).ToString()
            : ((char)(256 + Enumerable.Range(0, code).Count(smaller => !IsPrintable(smaller)))).ToString();
    }
}
