namespace Clip.Checkpoints;

/// <summary>What a checkpoint says about one of its tensors; known before any of the tensor's bytes are read.</summary>
public sealed record TensorInfo
{
    /// <summary>The tensor's name in the checkpoint; parts of nested names are joined by a full stop.</summary>
    public required string Name { get; init; }

    /// <summary>The dtype in which the tensor is read when the caller asks for none.</summary>
    /// <remarks>
    /// The file's own dtype, except that unsigned integers of 16, 32 and 64 bits, which TorchSharp lacks, are read as
    /// Int32, Int64 and Int64.
    /// </remarks>
    public required ScalarType DType { get; init; }

    /// <summary>The size of each dimension, outermost first; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The number of elements: the product of <see cref="Shape"/>, 1 for a scalar.</summary>
    public long ElementCount => Shape.Aggregate(1L, (count, size) => checked(count * size));
}
