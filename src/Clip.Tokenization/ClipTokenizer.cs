using System.Text;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Vocabularies;

namespace Clip.Tokenization;

/// <summary>CLIP's tokenizer: byte-pair encoding of repaired, cleaned, lower-case text, with tokens that know where words end.</summary>
/// <remarks>
/// <para>Gives the token ids of the original implementation, for broken and hostile texts as well.</para>
/// <para>Source: Radford et al. 2021, section 2.4, with the byte-level pairs of Radford et al. 2019, section 2.2.</para>
/// </remarks>
public sealed partial class ClipTokenizer : ContextTokenizer
{
    private readonly ClipTokenizerOptions _options;
    private readonly TextCleaner _cleaner;
    private readonly WordScanner _scanner;
    private readonly BytePairEncoder _encoder;
    private readonly string[] _tokens;
    private readonly byte[][] _spellings;
    private readonly string[] _specials;
    private readonly int[] _specialIds;

    private ClipTokenizer(Vocabulary vocabulary, ClipTokenizerOptions options)
        : base(options.ContextLength, options.Overflow)
    {
        _options = options;
        _cleaner = new TextCleaner(options.Cleaning, options.RepairText, options.UnescapeHtml);
        _specials = [options.StartToken, options.EndToken, .. options.AdditionalSpecialTokens];
        _tokens = [.. vocabulary.Tokens, .. options.AdditionalSpecialTokens.Where(token => !vocabulary.TryFind(token, out _))];
        _specialIds =
        [
            FindSpecial(vocabulary, options.StartToken, ClipTokenizerOptions.OpenAIStart, "<start_of_text>"),
            FindSpecial(vocabulary, options.EndToken, ClipTokenizerOptions.OpenAIEnd, "<end_of_text>"),
            .. options.AdditionalSpecialTokens.Select(token => Array.IndexOf(_tokens, token)),
        ];
        _tokens[_specialIds[0]] = options.StartToken;
        _tokens[_specialIds[1]] = options.EndToken;
        _spellings = [.. _tokens.Select((token, id) => _specialIds.Contains(id) ? Encoding.UTF8.GetBytes(token) : ByteAlphabet.Spell(token))];
        _scanner = new WordScanner(options.SpecialTokens == SpecialTokenMatching.Never ? [] : _specials);
        _encoder = CreateEncoder(vocabulary);
    }

    /// <inheritdoc/>
    public override int? StartTokenId => _specialIds[0];

    /// <inheritdoc/>
    public override int EndTokenId => _specialIds[1];

    /// <inheritdoc/>
    public override int PaddingTokenId => _options.Padding == TokenPadding.Zero ? 0 : EndTokenId;

    /// <inheritdoc/>
    public override int VocabularySize => _tokens.Length;

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">
    /// The folder of a model's weights, which holds <c>vocab.json</c> with <c>merges.txt</c>, <c>bpe_simple_vocab_16e6.txt.gz</c> or
    /// <c>tokenizer.json</c>; or one of these files.
    /// </param>
    /// <param name="options">How captions become tokens; null for OpenAI's way.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or the options are wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no vocabulary; the message says which file to put where.</exception>
    /// <exception cref="VocabularyException">A file is damaged or is no vocabulary of CLIP.</exception>
    public static ClipTokenizer Load(string path, ClipTokenizerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= ClipTokenizerOptions.OpenAI;
        options.Validate();
        return new ClipTokenizer(VocabularyFiles.Read(path), options);
    }

    /// <summary>Cleans a text as its tokens see it.</summary>
    /// <param name="text">The text.</param>
    public string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _cleaner.Clean(text);
    }

    private protected override void Encode(ReadOnlySpan<char> text, TokenBuffer buffer) =>
        Encode(text, clean: true, split: true, buffer);

    private protected override string CleanedText(TokenBuffer buffer) => buffer.GetText();

    private protected override (string Before, string After) Split(TokenBuffer buffer, int token)
    {
        var text = buffer.GetText();
        var index = buffer.CharacterIndex(0, buffer.Starts[token]);
        return (text[..index].TrimEnd(' '), text[index..]);
    }

    private void Encode(ReadOnlySpan<char> text, bool clean, bool split, TokenBuffer buffer)
    {
        while (_options.SpecialTokens == SpecialTokenMatching.BeforeCleaning && FirstSpecial(text) is ( >= 0 and var index, var special))
        {
            EncodePart(text[..index], clean, split, buffer);
            buffer.Add(_specialIds[special], buffer.Length);
            buffer.Append(_specials[special]);
            text = text[(index + _specials[special].Length)..];
        }
        EncodePart(text, clean, split, buffer);
    }

    private void EncodePart(ReadOnlySpan<char> text, bool clean, bool split, TokenBuffer buffer)
    {
        var start = buffer.Length;
        var ascii = clean ? _cleaner.TryCleanAscii(text, buffer.Reserve(text.Length)) : -1;
        if (ascii >= 0)
            buffer.Advance(ascii);
        else
            buffer.Append(clean ? _cleaner.Clean(text.ToString()) : text);

        if (split)
            EncodeWords(start, buffer);
        else if (start < buffer.Length)
            _encoder.Encode(buffer, start, buffer.Length);
    }

    private void EncodeWords(int start, TokenBuffer buffer)
    {
        while (_scanner.TryNext(buffer.Utf8, ref start, out var end))
        {
            var special = _scanner.FindSpecial(buffer.Utf8[start..end]);
            if (special >= 0)
                buffer.Add(_specialIds[special], start);
            else
                _encoder.Encode(buffer, start, end);
            start = end;
        }
    }

    private (int Index, int Special) FirstSpecial(ReadOnlySpan<char> text)
    {
        var first = (Index: -1, Special: -1);
        for (var i = 0; i < _specials.Length; i++)
        {
            var index = text.IndexOf(_specials[i], StringComparison.Ordinal);
            if (index >= 0 && (first.Index < 0 || index < first.Index))
                first = (index, i);
        }
        return first;
    }

    private static int FindSpecial(Vocabulary vocabulary, params ReadOnlySpan<string> spellings)
    {
        foreach (var spelling in spellings)
        {
            if (vocabulary.TryFind(spelling, out var id))
                return id;
        }
        throw new VocabularyException(vocabulary.Path, $"lacks the token '{spellings[0]}'.");
    }

    private static BytePairEncoder CreateEncoder(Vocabulary vocabulary)
    {
        var bytes = new int[256];
        var lastBytes = new int[256];
        for (var value = 0; value < 256; value++)
        {
            vocabulary.TryFind(ByteAlphabet.Characters[value].ToString(), out bytes[value]);
            vocabulary.TryFind(ByteAlphabet.Characters[value] + ByteAlphabet.EndOfWord, out lastBytes[value]);
        }
        var words = vocabulary.Tokens
            .Where(token => token.EndsWith(ByteAlphabet.EndOfWord, StringComparison.Ordinal) && token.Length > ByteAlphabet.EndOfWord.Length)
            .Select(token => ByteAlphabet.Spell(token[..^ByteAlphabet.EndOfWord.Length]));
        return new BytePairEncoder(bytes, lastBytes, new MergeTable(vocabulary.Merges), words);
    }
}
