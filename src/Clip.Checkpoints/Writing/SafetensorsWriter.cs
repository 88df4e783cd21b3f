using Clip.Checkpoints.Safetensors;
using Clip.Shared;

namespace Clip.Checkpoints.Writing;

/// <summary>Writes one safetensors file.</summary>
internal static class SafetensorsWriter
{
    /// <summary>Writes a complete file under a temporary name.</summary>
    /// <param name="path">Its final path; the caller commits it.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">Text for the header.</param>
    public static AtomicFile Write(string path, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var ordered = tensors.OrderByDescending(tensor => tensor.ElementSize).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        using var header = Header(ordered, metadata);
        var file = new AtomicFile(path, SafetensorsReader.LengthBytes + header.Length + ordered.Sum(tensor => tensor.ByteLength), bufferSize: 0);
        try
        {
            file.Stream.Write(BitConverter.GetBytes((ulong)header.Length));
            header.WriteTo(file.Stream);
            foreach (var tensor in ordered)
                TensorBytes.Write(tensor, file.Stream);
            file.Complete();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static MemoryStream Header(IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var text = new MemoryStream();
        var writer = new SafetensorsHeaderWriter(text);
        writer.Begin();
        if (metadata.Count > 0)
        {
            writer.BeginMetadata();
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                writer.AddMetadata(key, value);
            writer.End();
        }
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            writer.AddTensor(tensor.Name, tensor.DType, tensor.Tensor.shape, offset, tensor.ByteLength);
            offset += tensor.ByteLength;
        }
        writer.End();
        writer.Pad();
        return text;
    }
}
