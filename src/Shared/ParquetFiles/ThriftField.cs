namespace Clip.Shared.ParquetFiles;

/// <summary>A field of a Thrift struct.</summary>
/// <param name="Type">Its type on the wire, or that of its elements.</param>
/// <param name="Struct">The name of the struct where it is one.</param>
/// <param name="IsList">Whether it is a list of them.</param>
internal sealed record ThriftField(ThriftType Type, string? Struct, bool IsList)
{
    /// <summary>A field by the name of its type.</summary>
    public static ThriftField Of(string type, bool isList) => type switch
    {
        "bool" => new(ThriftType.True, null, isList),
        "i8" => new(ThriftType.I8, null, isList),
        "i16" => new(ThriftType.I16, null, isList),
        "i32" => new(ThriftType.I32, null, isList),
        "i64" => new(ThriftType.I64, null, isList),
        "double" => new(ThriftType.Double, null, isList),
        "binary" => new(ThriftType.Binary, null, isList),
        _ => new(ThriftType.Struct, type, isList),
    };
}
