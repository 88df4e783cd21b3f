namespace Clip.Shared.ParquetFiles;

/// <summary>Types of Thrift's compact protocol.</summary>
internal enum ThriftType : byte
{
    /// <summary>The end of a struct.</summary>
    Stop = 0,

    /// <summary>A field that is true, without a value of its own.</summary>
    True = 1,

    /// <summary>A field that is false.</summary>
    False = 2,

    /// <summary>A byte.</summary>
    I8 = 3,

    /// <summary>A variable-length integer of 16 bits.</summary>
    I16 = 4,

    /// <summary>A variable-length integer of 32 bits.</summary>
    I32 = 5,

    /// <summary>A variable-length integer of 64 bits.</summary>
    I64 = 6,

    /// <summary>Eight bytes.</summary>
    Double = 7,

    /// <summary>A length and as many bytes.</summary>
    Binary = 8,

    /// <summary>A type, a count and as many elements.</summary>
    List = 9,

    /// <summary>Fields and a stop.</summary>
    Struct = 12,
}
