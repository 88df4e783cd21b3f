using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Safetensors;

/// <summary>The names of dtypes in safetensors headers.</summary>
internal static class SafetensorsDType
{
    private static readonly Dictionary<string, ElementType> ByName = new(StringComparer.Ordinal)
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["U16"] = ElementType.UInt16,
        ["U32"] = ElementType.UInt32,
        ["U64"] = ElementType.UInt64,
        ["BOOL"] = ElementType.Bool,
    };

    // Unsigned integers wider than a byte can be read but not written: no tensor has them.
    private static readonly Dictionary<ScalarType, string> ByDType = ByName
        .Where(pair => pair.Value.Size == pair.Value.ReadSize && pair.Key != "U64")
        .ToDictionary(pair => pair.Value.ReadAs, pair => pair.Key);

    /// <summary>How elements of a named dtype are stored, or null for one that cannot be read.</summary>
    public static ElementType? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The name of a tensor's dtype, or null for one that the format or this library does not have.</summary>
    public static string? NameOf(ScalarType dtype) => ByDType.GetValueOrDefault(dtype);

    /// <summary>Bytes per element of a dtype that has a name.</summary>
    public static int SizeOf(ScalarType dtype) => ByName[ByDType[dtype]].Size;
}
