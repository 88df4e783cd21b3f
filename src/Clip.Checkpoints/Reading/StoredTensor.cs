namespace Clip.Checkpoints.Reading;

/// <summary>A tensor as it lies in a file: a block of bytes, and how its elements are spread over the block.</summary>
/// <param name="Info">Its name, shape and the dtype it is read as.</param>
/// <param name="Element">How one element is stored.</param>
/// <param name="Block">The bytes it lies in, possibly shared with other tensors.</param>
/// <param name="Offset">Where its first element is, in elements from the start of the block.</param>
/// <param name="Strides">How many elements apart neighbors are, per dimension.</param>
/// <remarks>Whoever creates one has checked that every element is inside the block.</remarks>
internal sealed record StoredTensor(TensorInfo Info, ElementType Element, DataBlock Block, long Offset, long[] Strides)
{
    /// <summary>The number of elements.</summary>
    public long Count { get; } = Info.ElementCount;

    /// <summary>Whether the elements follow each other without gaps, last dimension fastest.</summary>
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var i = Strides.Length - 1; i >= 0; i--)
            {
                var size = Info.Shape[i];
                if (size != 1 && Strides[i] != expected)
                    return false;
                expected *= size;
            }
            return true;
        }
    }

    /// <summary>The error for a tensor whose bytes turn out to be wrong.</summary>
    public CheckpointException Error(string problem) => Block.File.Error($"holds a damaged tensor {Text.Quote(Info.Name)}: {problem}");
}
