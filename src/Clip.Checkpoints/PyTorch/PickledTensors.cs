using Clip.Checkpoints.Pickle;
using Clip.Checkpoints.Reading;

namespace Clip.Checkpoints.PyTorch;

/// <summary>Brings the tensors of a pickle together with the bytes that lie beside it.</summary>
internal static class PickledTensors
{
    /// <summary>Finds each tensor's bytes and checks that it lies inside them.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="flattened">Its tensors by name.</param>
    /// <param name="findBlock">The bytes of a storage outside the pickle, exactly as many as it claims.</param>
    public static List<StoredTensor> Locate(
        CheckpointFile file, PickleFlattener flattened, Func<PickleStorage, DataBlock> findBlock) =>
        [.. flattened.Tensors.Select(pair => Locate(file, pair.Key, pair.Value, pair.Value.Storage is { Bytes: { } bytes }
            ? new DataBlock(file, bytes)
            : findBlock(pair.Value.Storage)))];

    /// <summary>The bytes a storage claims, or null when the number is out of any range.</summary>
    public static long? ByteLength(PickleStorage storage)
    {
        var length = (Int128)storage.Count * (storage.Element?.Size ?? 1);
        return length <= long.MaxValue ? (long)length : null;
    }

    private static StoredTensor Locate(CheckpointFile file, string name, PickleTensor tensor, DataBlock block)
    {
        var element = tensor.Element;
        var (viewOffset, viewCount) = ViewInElements(file, name, tensor);
        if (TensorLayout.Problem(tensor.Sizes, tensor.Strides, tensor.Offset, viewCount) is { } problem)
            throw file.Error($"has an impossible tensor {Text.Quote(name)}: {problem}.");

        // A stride of 0 repeats elements at no cost to the file, so the file's own size is what bounds the copy.
        if ((Int128)TensorLayout.Count(tensor.Sizes)!.Value * element.Size > file.Length)
        {
            throw file.Error($"has a tensor {Text.Quote(name)} of shape {Text.Shape(tensor.Sizes)} and strides {Text.Shape(tensor.Strides)}, "
                + "which would take more memory than the whole file. Save it contiguous.");
        }

        var info = new TensorInfo { Name = name, DType = element.ReadAs, Shape = Array.AsReadOnly(tensor.Sizes) };
        return new StoredTensor(info, element, block, viewOffset + tensor.Offset, tensor.Strides);
    }

    private static (long Offset, long Count) ViewInElements(CheckpointFile file, string name, PickleTensor tensor)
    {
        var view = tensor.Storage.View;
        if (tensor.Storage.Element is { } element)
        {
            return element.Size == tensor.Element.Size
                ? view
                : throw file.Error($"has a tensor {Text.Quote(name)} of {tensor.Element.Name} in a storage of {element.Name}.");
        }

        var size = tensor.Element.Size;
        return view.Offset % size == 0
            ? (view.Offset / size, view.Count / size)
            : throw file.Error($"has a tensor {Text.Quote(name)} that starts between two elements.");
    }
}
