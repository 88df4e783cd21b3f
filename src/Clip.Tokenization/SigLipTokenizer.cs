using System.Buffers;
using Clip.Tokenization.BytePairs;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Vocabularies;
using Microsoft.ML.Tokenizers;

namespace Clip.Tokenization;

/// <summary>SigLIP's tokenizer: SentencePiece on lower-case text without punctuation.</summary>
/// <remarks>
/// <para>Rows have no start token: the pieces, the end token, padding.</para>
/// <para>Source: Zhai et al. 2023, section 4, with the text processing of big_vision and open_clip.</para>
/// </remarks>
public sealed class SigLipTokenizer : ContextTokenizer
{
    private static readonly string[] ModelNames = ["spiece.model", "sentencepiece.model", "tokenizer.model"];

    private readonly SigLipTokenizerOptions _options;
    private readonly TextCleaner _cleaner;
    private readonly SentencePieceTokenizer _pieces;

    private SigLipTokenizer(SentencePieceTokenizer pieces, int pieceCount, SigLipTokenizerOptions options)
        : base(options.ContextLength, options.Overflow)
    {
        _options = options;
        _pieces = pieces;
        VocabularySize = pieceCount;
        _cleaner = new TextCleaner(options.Cleaning, options.RepairText, options.UnescapeHtml);
    }

    /// <inheritdoc/>
    public override int? StartTokenId => null;

    /// <inheritdoc/>
    public override int EndTokenId => _pieces.EndOfSentenceId;

    /// <inheritdoc/>
    public override int PaddingTokenId => _options.Padding == TokenPadding.Zero ? 0 : EndTokenId;

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override Normalizer Normalizer => field ??= new CleaningNormalizer(_cleaner);

    /// <summary>Reads a SentencePiece model.</summary>
    /// <param name="path">The folder of a model's weights, which holds <c>spiece.model</c>; or the file.</param>
    /// <param name="options">How captions become tokens; null for open_clip's way.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or the options are wrong.</exception>
    /// <exception cref="FileNotFoundException">There is no model; the message says which file to put where.</exception>
    /// <exception cref="VocabularyException">The file is damaged or is no SentencePiece model.</exception>
    public static SigLipTokenizer Load(string path, SigLipTokenizerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new SigLipTokenizerOptions();
        if (options.ContextLength < 1)
            throw new ArgumentException($"{nameof(options.ContextLength)} is {options.ContextLength} and has to be at least 1.", nameof(options));
        ClipTokenizerOptions.RequireDefined(options.Overflow);
        ClipTokenizerOptions.RequireDefined(options.Padding);
        ClipTokenizerOptions.RequireDefined(options.Cleaning);
        var file = Find(Path.GetFullPath(path));
        var model = SentencePieceFile.Read(LimitedFile.Read(file));
        return new SigLipTokenizer(CreatePieces(file, model.Bytes), model.PieceCount, options);
    }

    /// <summary>Cleans a text as its tokens see it.</summary>
    /// <param name="text">The text.</param>
    public string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _cleaner.Clean(text);
    }

    /// <summary>Turns tokens back into text.</summary>
    /// <param name="ids">The tokens.</param>
    public override string Decode(IEnumerable<int> ids) => _pieces.Decode(ids);

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten) =>
        _pieces.Decode(ids, destination, out idsConsumed, out charsWritten);

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var given = text ?? textSpan.ToString();
        var pieces = _pieces.EncodeToTokens(
            settings.ConsiderNormalization ? _cleaner.Clean(given) : given, out var normalized,
            addBeginningOfSentence: false, addEndOfSentence: false, settings.ConsiderPreTokenization);
        var fits = pieces.Count <= settings.MaxTokenCount;
        var kept = fits ? pieces : [.. pieces.Take(settings.MaxTokenCount)];
        return new EncodeResults<EncodedToken>
        {
            Tokens = kept,
            NormalizedText = normalized,
            CharsConsumed = fits ? normalized?.Length ?? 0 : kept.Count == 0 ? 0 : kept[^1].Offset.End.Value,
        };
    }

    private protected override void Encode(ReadOnlySpan<char> text, TokenBuffer buffer)
    {
        var cleaned = _cleaner.Clean(text.ToString());
        buffer.Append(cleaned);
        foreach (var id in _pieces.EncodeToIds(cleaned, addBeginningOfSentence: false, addEndOfSentence: false))
            buffer.Add(id, 0);
    }

    private protected override string CleanedText(TokenBuffer buffer) => buffer.GetText();

    private protected override (string Before, string After) Split(TokenBuffer buffer, int token) =>
        (_pieces.Decode(buffer.Ids[..token].ToArray()), _pieces.Decode(buffer.Ids[token..].ToArray()));

    private static string Find(string path)
    {
        if (File.Exists(path))
            return path;
        return ModelNames.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"There is no SentencePiece model at '{path}'. Put {ModelNames[0]} from the repository of the weights there.",
                Path.Combine(path, ModelNames[0]));
    }

    private static SentencePieceTokenizer CreatePieces(string path, byte[] bytes)
    {
        try
        {
            return SentencePieceTokenizer.Create(new MemoryStream(bytes), addBeginningOfSentence: false, addEndOfSentence: false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser and the model's tables each have their own exceptions for what is not a model.
            throw new VocabularyException(path, $"is not a SentencePiece model: {e.Message}", e);
        }
    }
}
