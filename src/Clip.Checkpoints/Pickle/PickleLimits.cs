namespace Clip.Checkpoints.Pickle;

/// <summary>How much work and memory a pickle may ask for; each far above what checkpoints of real models need.</summary>
internal static class PickleLimits
{
    /// <summary>Bytes of one pickle. A model of ten thousand tensors needs about two million.</summary>
    public const long Bytes = 64L << 20;

    /// <summary>Opcodes of one pickle. A tensor takes about sixty.</summary>
    public const int Operations = 4 << 20;

    /// <summary>Bytes of one string or byte string.</summary>
    public const int StringBytes = 16 << 20;

    /// <summary>Bytes of one integer.</summary>
    public const int IntegerBytes = 1024;

    /// <summary>Characters of a module or class name.</summary>
    public const int NameCharacters = 1024;

    /// <summary>Items and bytes that calls of known names may copy, all together.</summary>
    public const long CopiedItems = 32L << 20;

    /// <summary>Containers inside containers.</summary>
    public const int Depth = 100;

    /// <summary>Characters of all flattened names together, which bounds structures that share their parts.</summary>
    public const long FlattenedCharacters = 32L << 20;

    /// <summary>What a name costs besides its own characters, in characters.</summary>
    public const int CharactersPerName = 32;
}
