using System.Buffers;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Pipelines;
using Clip.Tokenization.Strings;
using Clip.Tokenization.TokenizerFiles;

namespace Clip.Tokenization;

/// <summary>A tokenizer of the Hub, as its files describe it: tokenizer.json, a SentencePiece model, vocab.txt, tiktoken's ranks, or vocab.json with merges.txt.</summary>
/// <remarks>
/// <para>Byte-pair encoding, Unigram and WordPiece with their normalizers, pre-tokenizers, post-processors and decoders are the library's own code;
/// a file that asks for something else is refused with its name.</para>
/// <para>Texts are normalized as SentencePiece does it, in tokenizer.json too, where Hugging Face's code looks at graphemes: the longest
/// replacement at each place counts. White space at the ends of a text is what the files make of it.</para>
/// </remarks>
public sealed partial class PretrainedTokenizer : ContextTokenizer
{
    private readonly PretrainedTokenizerOptions _options;
    private readonly TextPipeline _pipeline;
    private readonly TextCleaner _cleaner;
    private readonly int _endId;

    private PretrainedTokenizer(string path, TextPipeline pipeline, TokenizerConfig config, PretrainedTokenizerOptions options)
        : base(options.ContextLength, options.Overflow)
    {
        _options = options;
        _pipeline = pipeline;
        _cleaner = new TextCleaner(options.Cleaning, options.RepairText, options.UnescapeHtml);
        StartTokenId = options.StartToken == "" ? null : Choose(options.StartToken, pipeline.StartIds, "before");
        _endId = Choose(options.EndToken, pipeline.EndIds, "behind")
            ?? throw new VocabularyException(path, $"does not say which token ends a text. State {nameof(options.EndToken)}.");
        PaddingTokenId = FindPadding();

        int? Choose(string? stated, IReadOnlyList<int> said, string where)
        {
            if (stated is not null)
                return pipeline.Find(stated) ?? throw new VocabularyException(path, $"lacks the token '{stated}'.");
            return said.Count <= 1 ? said.Cast<int?>().FirstOrDefault() : throw new VocabularyException(path, $"puts {said.Count} tokens {where} each text, and one is supported.");
        }

        int FindPadding()
        {
            if (options.PaddingToken is not null)
                return pipeline.Find(options.PaddingToken) ?? throw new VocabularyException(path, $"lacks the token '{options.PaddingToken}'.");
            var said = config.FindToken("pad_token") is { } token ? pipeline.Find(token) : null;
            return said ?? pipeline.PaddingId ?? pipeline.Find("<pad>") ?? pipeline.Find("[PAD]")
                ?? throw new VocabularyException(path, $"does not say which token fills a row. State {nameof(options.PaddingToken)}.");
        }
    }

    /// <inheritdoc/>
    public override int? StartTokenId { get; }

    /// <inheritdoc/>
    public override int EndTokenId => _options.ZeroEndTokens ? 0 : _endId;

    /// <inheritdoc/>
    public override int PaddingTokenId { get; }

    /// <inheritdoc/>
    public override int VocabularySize => _pipeline.Tokens.Length;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">
    /// The folder of a model's weights or of its tokenizer, with <c>tokenizer.json</c>, <c>sentencepiece.bpe.model</c>, <c>spiece.model</c>,
    /// <c>tokenizer.model</c>, <c>vocab.txt</c>, <c>r50k_base.tiktoken</c>, or <c>vocab.json</c> and <c>merges.txt</c>, the first of these that is there; or one of these files.
    /// </param>
    /// <param name="options">What the files do not say; null for open_clip's way.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or the options are wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no tokenizer; the message says which file to put where.</exception>
    /// <exception cref="VocabularyException">A file is damaged, or asks for what is not supported.</exception>
    public static PretrainedTokenizer Load(string path, PretrainedTokenizerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new PretrainedTokenizerOptions();
        options.Validate();
        path = Path.GetFullPath(path);
        var pipeline = PipelineFiles.Read(path, options.Numbering, out var config);
        return new PretrainedTokenizer(path, pipeline, config, options);
    }

    /// <summary>Cleans a text as it is before the tokenizer's own normalization.</summary>
    /// <param name="text">The text.</param>
    public string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = PythonText.ReplaceLoneSurrogates(_cleaner.Clean(text));
        return _options.LowerCase ? PythonText.Lower(text) : text;
    }

    /// <summary>Turns tokens back into text, with special tokens as they are spelled.</summary>
    /// <param name="ids">The tokens.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public override string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: false);

    /// <summary>Turns tokens back into text.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    /// <exception cref="ArgumentException">There is no such token.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _pipeline.Decode(ids, skipSpecialTokens);
    }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var list = ids.ToList();
        var text = Decode(list);
        var fits = text.TryCopyTo(destination);
        (idsConsumed, charsWritten) = fits ? (list.Count, text.Length) : (0, 0);
        return fits ? OperationStatus.Done : OperationStatus.DestinationTooSmall;
    }

    private protected override void Encode(ReadOnlySpan<char> text, TokenBuffer buffer) => Encode(text.ToString(), clean: true, buffer);

    private protected override string CleanedText(TokenBuffer buffer) => _pipeline.Decode(buffer.Ids.ToArray(), skipSpecialTokens: false).Trim();

    private protected override (string Before, string After) Split(TokenBuffer buffer, int token) =>
        (_pipeline.Decode(buffer.Ids[..token].ToArray(), skipSpecialTokens: false), _pipeline.Decode(buffer.Ids[token..].ToArray(), skipSpecialTokens: false));

    private void Encode(string text, bool clean, TokenBuffer buffer)
    {
        _pipeline.Encode(clean ? Clean(text) : PythonText.ReplaceLoneSurrogates(text), buffer);
        if (_options.ZeroEndTokens)
            buffer.Replace(_endId, 0);
    }
}
