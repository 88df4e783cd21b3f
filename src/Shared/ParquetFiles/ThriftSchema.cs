using System.Collections.Frozen;
using System.Globalization;

namespace Clip.Shared.ParquetFiles;

/// <summary>The structs of a Parquet file's metadata, as parquet.thrift of the Parquet format declares them.</summary>
internal static class ThriftSchema
{
    /// <summary>The most fields of a struct, and one more.</summary>
    public const int FieldCount = 20;

    // A name with its fields: number and type, [] for a list. Structs of encrypted files are left out, as nothing here decrypts.
    private const string Declarations = """
        FileMetaData 1:i32 2:[]SchemaElement 3:i64 4:[]RowGroup 5:[]KeyValue 6:binary 7:[]ColumnOrder 9:binary
        SchemaElement 1:i32 2:i32 3:i32 4:binary 5:i32 6:i32 7:i32 8:i32 9:i32 10:LogicalType
        LogicalType 1:Empty 2:Empty 3:Empty 4:Empty 5:Decimal 6:Empty 7:Time 8:Time 10:Integer 11:Empty 12:Empty 13:Empty 14:Empty 15:Empty 16:Variant 17:Geometry 18:Geography
        Empty
        Decimal 1:i32 2:i32
        Time 1:bool 2:TimeUnit
        TimeUnit 1:Empty 2:Empty 3:Empty
        Integer 1:i8 2:bool
        Variant 1:i8
        Geometry 1:binary
        Geography 1:binary 2:i32
        RowGroup 1:[]ColumnChunk 2:i64 3:i64 4:[]SortingColumn 5:i64 6:i64 7:i16
        SortingColumn 1:i32 2:bool 3:bool
        ColumnChunk 1:binary 2:i64 3:ColumnMetaData 4:i64 5:i32 6:i64 7:i32 9:binary
        ColumnMetaData 1:i32 2:[]i32 3:[]binary 4:i32 5:i64 6:i64 7:i64 8:[]KeyValue 9:i64 10:i64 11:i64 12:Statistics 13:[]PageEncodingStats 14:i64 15:i32 16:SizeStatistics 17:GeospatialStatistics
        Statistics 1:binary 2:binary 3:i64 4:i64 5:binary 6:binary 7:bool 8:bool
        PageEncodingStats 1:i32 2:i32 3:i32
        SizeStatistics 1:i64 2:[]i64 3:[]i64
        GeospatialStatistics 1:BoundingBox 2:[]i32
        BoundingBox 1:double 2:double 3:double 4:double 5:double 6:double 7:double 8:double
        KeyValue 1:binary 2:binary
        ColumnOrder 1:Empty
        PageHeader 1:i32 2:i32 3:i32 4:i32 5:DataPageHeader 6:Empty 7:DictionaryPageHeader 8:DataPageHeaderV2
        DataPageHeader 1:i32 2:i32 3:i32 4:i32 5:Statistics
        DictionaryPageHeader 1:i32 2:i32 3:bool
        DataPageHeaderV2 1:i32 2:i32 3:i32 4:i32 5:i32 6:i32 7:bool 8:Statistics
        """;

    private static readonly FrozenDictionary<string, ThriftField?[]> Structs = Declarations
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .ToFrozenDictionary(words => words[0], words => Fields(words.AsSpan(1)), StringComparer.Ordinal);

    /// <summary>The fields of a struct by their numbers; null where there is none.</summary>
    public static ReadOnlySpan<ThriftField?> FieldsOf(string name) => Structs[name];

    private static ThriftField?[] Fields(ReadOnlySpan<string> words)
    {
        var fields = new ThriftField?[FieldCount];
        foreach (var word in words)
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var type = word[(colon + 1)..];
            var isList = type.StartsWith("[]", StringComparison.Ordinal);
            fields[int.Parse(word[..colon], CultureInfo.InvariantCulture)] = ThriftField.Of(isList ? type[2..] : type, isList);
        }
        return fields;
    }
}
