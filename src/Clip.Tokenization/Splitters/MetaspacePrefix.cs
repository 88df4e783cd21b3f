namespace Clip.Tokenization.Splitters;

/// <summary>Where a space is put in front of text that has none.</summary>
internal enum MetaspacePrefix
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>At the start of the whole text.</summary>
    First,

    /// <summary>At the start of every part: of what stands behind a special token as well.</summary>
    Always,
}
