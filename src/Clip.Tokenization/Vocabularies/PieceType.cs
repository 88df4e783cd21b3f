namespace Clip.Tokenization.Vocabularies;

/// <summary>What a piece of a SentencePiece model is for.</summary>
internal enum PieceType
{
    /// <summary>Texts are cut into these.</summary>
    Normal = 1,

    /// <summary>The one for what no piece covers.</summary>
    Unknown = 2,

    /// <summary>Those around a text, which no text has in it.</summary>
    Control = 3,

    /// <summary>Those that are always cut out where they stand.</summary>
    UserDefined = 4,

    /// <summary>Those that are not in use.</summary>
    Unused = 5,

    /// <summary>Those that spell bytes.</summary>
    Byte = 6,
}
