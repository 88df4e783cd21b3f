using System.Collections.Frozen;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>The Python names that may appear in a checkpoint; every other one is refused.</summary>
internal static class PickleGlobals
{
    private const string ScriptPrefix = "__torch__.";

    private static readonly (string DType, string Storage, ElementType Element)[] ElementTypes =
    [
        ("float64", "DoubleStorage", ElementType.Float64),
        ("float32", "FloatStorage", ElementType.Float32),
        ("float16", "HalfStorage", ElementType.Float16),
        ("bfloat16", "BFloat16Storage", ElementType.BFloat16),
        ("int64", "LongStorage", ElementType.Int64),
        ("int32", "IntStorage", ElementType.Int32),
        ("int16", "ShortStorage", ElementType.Int16),
        ("int8", "CharStorage", ElementType.Int8),
        ("uint8", "ByteStorage", ElementType.UInt8),
        ("bool", "BoolStorage", ElementType.Bool),
    ];

    private static readonly FrozenDictionary<string, PickleGlobal> Everywhere = Known(
    [
        (PickleGlobalKind.Dictionary, ["collections.OrderedDict", "collections.Counter", .. Builtin("dict")]),
        (PickleGlobalKind.DefaultDictionary, ["collections.defaultdict"]),
        (PickleGlobalKind.List, Builtin("list")),
        (PickleGlobalKind.Tuple, ["torch.Size", .. Builtin("tuple")]),
        (PickleGlobalKind.Set, [.. Builtin("set"), .. Builtin("frozenset")]),
        (PickleGlobalKind.Bytes, Builtin("bytes")),
        (PickleGlobalKind.ByteArray, Builtin("bytearray")),
        (PickleGlobalKind.ScalarType, [.. Builtin("int"), .. Builtin("float"), .. Builtin("bool"), .. Builtin("str")]),
        (PickleGlobalKind.EncodeText, ["_codecs.encode"]),
        (PickleGlobalKind.Device, ["torch.device"]),
        (PickleGlobalKind.Storage, ["torch.UntypedStorage", "torch.storage.UntypedStorage", "torch.storage._UntypedStorage"]),
        (PickleGlobalKind.RebuildTensor, ["torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2"]),
        (PickleGlobalKind.RebuildTensorWithDType, ["torch._utils._rebuild_tensor_v3"]),
        (PickleGlobalKind.RebuildParameter, ["torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"]),
        (PickleGlobalKind.RebuildFromType, ["torch._tensor._rebuild_from_type_v2"]),
        (PickleGlobalKind.TensorType, ["torch.Tensor", "torch.nn.parameter.Parameter", "torch.nn.parameter.Buffer"]),
        (PickleGlobalKind.NumpyDType, ["numpy.dtype"]),
        (PickleGlobalKind.NumpyScalar, MultiArray("scalar")),
        (PickleGlobalKind.NumpyArray, MultiArray("_reconstruct")),
        (PickleGlobalKind.NumpyArrayType, ["numpy.ndarray"]),
    ],
    [
        .. ElementTypes.Select(type => new PickleGlobal(PickleGlobalKind.DType, $"torch.{type.DType}", type.Element)),
        .. ElementTypes.Select(type => new PickleGlobal(PickleGlobalKind.Storage, $"torch.{type.Storage}", type.Element)),
        new PickleGlobal(PickleGlobalKind.DType, "torch.uint16", ElementType.UInt16),
        new PickleGlobal(PickleGlobalKind.DType, "torch.uint32", ElementType.UInt32),
        new PickleGlobal(PickleGlobalKind.DType, "torch.uint64", ElementType.UInt64),
    ]);

    private static readonly FrozenDictionary<string, PickleGlobal> InScripts = Known(
    [
        (PickleGlobalKind.ScriptList, ["torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist",
            "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist"]),
        (PickleGlobalKind.ScriptTypeTag, ["torch.jit._pickle.restore_type_tag"]),
    ], []);

    /// <summary>Looks a name up.</summary>
    /// <param name="module">The module, such as torch._utils.</param>
    /// <param name="name">The name in it.</param>
    /// <param name="isTorchScript">Whether the pickle is a TorchScript archive's, which names its own classes.</param>
    /// <returns>Its meaning, or null for a name that must not appear.</returns>
    public static PickleGlobal? Find(string module, string name, bool isTorchScript)
    {
        var fullName = $"{module}.{name}";
        if (Everywhere.TryGetValue(fullName, out var global))
            return global;
        if (!isTorchScript)
            return null;
        return fullName.StartsWith(ScriptPrefix, StringComparison.Ordinal)
            ? new PickleGlobal(PickleGlobalKind.ScriptObject, fullName)
            : InScripts.GetValueOrDefault(fullName);
    }

    /// <summary>What to do about a name that is refused.</summary>
    public static string Remedy(string module)
    {
        if (module == "numpy" || module.StartsWith("numpy.", StringComparison.Ordinal))
            return "Of numpy, only numbers and arrays of plain dtypes can be read; turn other values into Python's or tensors before torch.save.";
        return "Nothing in a checkpoint is executed, so only tensors and plain values can be read. "
            + "If you trust the file, load it in Python and save its state_dict().";
    }

    // numpy 2 calls the module by another name.
    private static string[] MultiArray(string name) => [$"numpy.core.multiarray.{name}", $"numpy._core.multiarray.{name}"];

    private static string[] Builtin(string name) => [$"builtins.{name}", $"__builtin__.{name}"];

    private static FrozenDictionary<string, PickleGlobal> Known(
        (PickleGlobalKind Kind, string[] Names)[] byKind, PickleGlobal[] others) =>
        byKind.SelectMany(row => row.Names, (row, name) => new PickleGlobal(row.Kind, name))
            .Concat(others)
            .ToFrozenDictionary(global => global.Name, StringComparer.Ordinal);
}
