using Clip.Checkpoints.Reading;
using Clip.Checkpoints.Safetensors;

namespace Clip.Checkpoints.Writing;

/// <summary>A tensor to write.</summary>
internal sealed record NamedTensor(string Name, Tensor Tensor, string DType, int ElementSize)
{
    /// <summary>Its bytes in the file.</summary>
    public long ByteLength { get; } = Tensor.numel() * ElementSize;
}

/// <summary>Checks what a caller wants to write before anything is written.</summary>
internal static class NamedTensors
{
    /// <summary>Checks names and dtypes.</summary>
    /// <returns>The tensors in the order of their names.</returns>
    public static IReadOnlyList<NamedTensor> Check(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var byName = new SortedDictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            SafetensorsHeaderWriter.CheckTensorName(name, nameof(tensors));
            if (!byName.TryAdd(name, Check(name, tensor)))
                throw new ArgumentException($"Two tensors are named {Text.Quote(name)}.", nameof(tensors));
        }
        return [.. byName.Values];
    }

    /// <summary>Checks that metadata is text.</summary>
    public static void CheckMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            SafetensorsHeaderWriter.CheckText(key, nameof(metadata));
            SafetensorsHeaderWriter.CheckText(value, nameof(metadata));
        }
    }

    private static NamedTensor Check(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.IsInvalid)
            throw new ArgumentException($"The tensor {Text.Quote(name)} was disposed.", nameof(tensor));
        if (tensor.is_sparse || tensor.is_meta || SafetensorsDType.NameOf(tensor.dtype) is not { } dtype)
        {
            throw new ArgumentException(
                $"The tensor {Text.Quote(name)} ({tensor.dtype} on {tensor.device}) cannot be written to safetensors; convert it first.", nameof(tensor));
        }
        return new NamedTensor(name, tensor, dtype, SafetensorsDType.SizeOf(tensor.dtype));
    }
}
