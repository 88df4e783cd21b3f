using System.Buffers.Binary;
using System.Text;

namespace Clip.Tokenization.Vocabularies;

/// <summary>A SentencePiece model: its pieces, and how texts are prepared for it.</summary>
/// <remarks>Source: google/sentencepiece, sentencepiece_model.proto.</remarks>
internal sealed class SentencePieceModel
{
    /// <summary>Value of <see cref="ModelType"/>: the pieces have likelihoods.</summary>
    public const int Unigram = 1;

    /// <summary>Value of <see cref="ModelType"/>: the pieces are merged in pairs.</summary>
    public const int BytePairs = 2;

    // More than any model has.
    private const int MostPieces = 1 << 22;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly string _path;

    private SentencePieceModel(string path) => _path = path;

    /// <summary>The pieces by id.</summary>
    public List<(string Text, float Score, PieceType Type)> Pieces { get; } = [];

    /// <summary><see cref="Unigram"/>, <see cref="BytePairs"/>, or one that is not supported.</summary>
    public int ModelType { get; private set; } = Unigram;

    /// <summary>The id of the piece that starts a text, -1 for none.</summary>
    public int StartId { get; private set; } = 1;

    /// <summary>The id of the piece that ends a text, -1 for none.</summary>
    public int EndId { get; private set; } = 2;

    /// <summary>The id of the piece that fills rows, -1 for none.</summary>
    public int PaddingId { get; private set; } = -1;

    /// <summary>Whether bytes spell what no piece does.</summary>
    public bool HasByteFallback { get; private set; }

    /// <summary>Whether spaces belong to the word before them.</summary>
    public bool SpaceBehind { get; private set; }

    /// <summary>The precompiled replacements.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>Whether a space is put in front.</summary>
    public bool AddSpace { get; private set; } = true;

    /// <summary>Whether runs of spaces become one.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>Whether spaces become U+2581.</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>Reads a model.</summary>
    /// <exception cref="VocabularyException">The bytes are none.</exception>
    public static SentencePieceModel Read(string path, ReadOnlySpan<byte> bytes)
    {
        var model = new SentencePieceModel(path);
        for (var rest = bytes; !rest.IsEmpty;)
        {
            if (!Protobuf.TryReadField(ref rest, out var field, out _, out var message))
                throw model.Damaged();
            if (field == 1)
                model.ReadPiece(message);
            else if (field == 2)
                model.ReadTrainer(message);
            else if (field == 3)
                model.ReadNormalizer(message);
        }
        return model.Pieces.Count > 0 ? model : throw new VocabularyException(path, "is not a SentencePiece model: it has no pieces.");
    }

    private void ReadPiece(ReadOnlySpan<byte> piece)
    {
        var (text, score, type) = ("", 0f, PieceType.Normal);
        while (!piece.IsEmpty)
        {
            if (!Protobuf.TryReadField(ref piece, out var field, out var number, out var message))
                throw Damaged();
            if (field == 1)
                text = ReadText(message);
            else if (field == 2 && message.Length == sizeof(float))
                score = BinaryPrimitives.ReadSingleLittleEndian(message);
            else if (field == 3)
                type = (PieceType)number;
        }
        if (!float.IsFinite(score))
            throw new VocabularyException(_path, $"has the score {score} for piece {Pieces.Count:N0}.");
        if (!Enum.IsDefined(type))
            throw new VocabularyException(_path, $"has a piece of the unknown type {(int)type}, number {Pieces.Count:N0}.");
        if (Pieces.Count == MostPieces)
            throw new VocabularyException(_path, $"has more than {MostPieces:N0} pieces.");
        Pieces.Add((text, score, type));
    }

    private void ReadTrainer(ReadOnlySpan<byte> trainer)
    {
        while (!trainer.IsEmpty)
        {
            if (!Protobuf.TryReadField(ref trainer, out var field, out var number, out _))
                throw Damaged();
            switch (field)
            {
                case 3:
                    ModelType = (int)number;
                    break;
                case 24:
                    SpaceBehind = number != 0;
                    break;
                case 35:
                    HasByteFallback = number != 0;
                    break;
                case 41:
                    StartId = (int)number;
                    break;
                case 42:
                    EndId = (int)number;
                    break;
                case 43:
                    PaddingId = (int)number;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> normalizer)
    {
        while (!normalizer.IsEmpty)
        {
            if (!Protobuf.TryReadField(ref normalizer, out var field, out var number, out var message))
                throw Damaged();
            switch (field)
            {
                case 2:
                    CharacterMap = message.ToArray();
                    break;
                case 3:
                    AddSpace = number != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = number != 0;
                    break;
                case 5:
                    EscapeSpaces = number != 0;
                    break;
            }
        }
    }

    private string ReadText(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new VocabularyException(_path, $"has a piece that is not UTF-8, number {Pieces.Count:N0}.", e);
        }
    }

    private VocabularyException Damaged() => new(_path, "is not a SentencePiece model, or is damaged.");
}
