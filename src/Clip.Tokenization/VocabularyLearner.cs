using System.Runtime.InteropServices;
using System.Text;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Cleaning;

namespace Clip.Tokenization;

/// <summary>Learns a byte-pair vocabulary from captions, for models that are trained from scratch.</summary>
/// <remarks>
/// <para>
/// Captions are cleaned and split into words exactly as <see cref="ClipTokenizer"/> does with the same options. From single bytes on,
/// the pair of neighbors that occurs most often becomes a token, again and again; of pairs that occur equally often the one whose
/// tokens were there first. The result depends on the words and their counts alone, not on their order.
/// </para>
/// <para>Source: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2.</para>
/// </remarks>
public sealed class VocabularyLearner
{
    /// <summary>The most distinct words that are counted, unless the constructor is told otherwise.</summary>
    public const int DefaultMaxWords = 2_000_000;

    /// <summary>Words of more bytes of UTF-8 are passed over: they are no words of a language.</summary>
    public const int LongestWord = 128;

    private readonly TextCleaner _cleaner;
    private readonly WordScanner _scanner;
    private readonly Dictionary<string, long> _words = new(StringComparer.Ordinal);
    private readonly int _maxWords;

    /// <summary>Creates a learner that has seen nothing.</summary>
    /// <param name="options">How captions will become tokens; null for OpenAI's way. Only what happens before byte pairs matters.</param>
    /// <param name="maxWords">The most distinct words that are counted; new ones are passed over from then on, which bounds the memory.</param>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxWords"/> is not positive.</exception>
    public VocabularyLearner(ClipTokenizerOptions? options = null, int maxWords = DefaultMaxWords)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxWords);
        options ??= ClipTokenizerOptions.OpenAI;
        options.Validate();
        _maxWords = maxWords;
        _cleaner = new TextCleaner(options.Cleaning, options.RepairText, options.UnescapeHtml);
        _scanner = new WordScanner([options.StartToken, options.EndToken, .. options.AdditionalSpecialTokens]);
    }

    /// <summary>How many distinct words were counted.</summary>
    public int DistinctWords => _words.Count;

    /// <summary>How many words were counted, each as often as it occurred.</summary>
    public long Words { get; private set; }

    /// <summary>How many words were passed over, because they were too long or came when <c>maxWords</c> others were known.</summary>
    public long WordsPassedOver { get; private set; }

    /// <summary>Counts the words of a caption. Special tokens that are spelled out in it are no words.</summary>
    /// <param name="text">The caption, of any kind.</param>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<byte> cleaned = Encoding.UTF8.GetBytes(_cleaner.Clean(text));
        var start = 0;
        while (_scanner.TryNext(cleaned, ref start, out var end))
        {
            var word = cleaned[start..end];
            start = end;
            if (_scanner.FindSpecial(word) < 0)
                Count(word);
        }
    }

    /// <summary>Counts the words of captions.</summary>
    /// <param name="texts">The captions.</param>
    /// <param name="cancellationToken">Checked between captions.</param>
    /// <exception cref="OperationCanceledException">Cancellation was asked for; some captions are counted.</exception>
    public void AddRange(IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(text);
        }
    }

    /// <summary>Makes a vocabulary of the words that were counted.</summary>
    /// <param name="size">
    /// The most tokens: 512 for the bytes within and at the end of words, 2 for start and end, and the rest for merges. At least 514.
    /// </param>
    /// <param name="minCount">Pairs that occur less often are not merged. At least 1.</param>
    /// <param name="cancellationToken">Checked between merges.</param>
    /// <returns>The vocabulary; smaller than <paramref name="size"/> where there is nothing left to merge.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was asked for.</exception>
    public LearnedVocabulary Learn(int size, long minCount = 2, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MergeLearner.ByteTokens + LearnedVocabulary.SpecialTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(minCount, 1);
        var learner = new MergeLearner(_words);
        while (learner.Tokens.Count < size - LearnedVocabulary.SpecialTokens && learner.TryMerge(minCount))
            cancellationToken.ThrowIfCancellationRequested();
        return new LearnedVocabulary(learner.Tokens, learner.Merges);
    }

    private void Count(ReadOnlySpan<byte> word)
    {
        var key = word.Length <= LongestWord ? Encoding.UTF8.GetString(word) : null;
        if (key is null || (_words.Count >= _maxWords && !_words.ContainsKey(key)))
        {
            WordsPassedOver++;
            return;
        }
        CollectionsMarshal.GetValueRefOrAddDefault(_words, key, out _)++;
        Words++;
    }
}
