using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.Pickle;

/// <summary>A Python name that this reader knows the meaning of; it stands for data, never for code that runs.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Name">Module and name, joined by a full stop.</param>
/// <param name="Element">The element type that a storage or dtype name stands for.</param>
internal sealed record PickleGlobal(PickleGlobalKind Kind, string Name, ElementType? Element = null);

/// <summary>What a known Python name means.</summary>
internal enum PickleGlobalKind
{
    Dictionary,
    DefaultDictionary,
    List,
    Tuple,
    Set,
    Bytes,
    ByteArray,
    ScalarType,
    EncodeText,
    Device,
    DType,
    Storage,
    RebuildTensor,
    RebuildTensorWithDType,
    RebuildParameter,
    RebuildFromType,
    TensorType,
    ScriptObject,
    ScriptList,
    ScriptTypeTag,
    NumpyDType,
    NumpyScalar,
    NumpyArray,
    NumpyArrayType,
}
