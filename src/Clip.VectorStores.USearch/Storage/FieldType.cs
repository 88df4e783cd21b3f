namespace Clip.VectorStores.USearch.Storage;

/// <summary>The types of values, as files name them.</summary>
internal enum FieldType : byte
{
    Null,
    Boolean,
    Int16,
    Int32,
    Int64,
    UInt64,
    Single,
    Double,
    Decimal,
    Guid,
    DateTime,
    DateTimeOffset,
    DateOnly,
    Bytes,
    Text,
    Texts,
}
