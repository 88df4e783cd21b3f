using System.Runtime.InteropServices;

namespace Clip.Training.Optimization;

/// <summary>Tensors whose elements are float32 in one piece on the CPU, in chunks that threads share.</summary>
/// <remarks>Chunks begin at the same elements on every machine, so that sums over them do not depend on the number of threads.</remarks>
internal static class FlatTensor
{
    /// <summary>Elements of a chunk: 256 kB, so that those of a parameter's gradient and moments are together in the second cache.</summary>
    public const int ChunkLength = 1 << 16;

    /// <summary>Whether a tensor's elements can be reached as a span.</summary>
    public static bool Fits(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU && tensor.is_contiguous() && tensor.numel() <= int.MaxValue / sizeof(float);

    /// <summary>How many chunks a tensor has.</summary>
    public static int ChunksOf(Tensor tensor) => (int)((tensor.numel() + ChunkLength - 1) / ChunkLength);

    /// <summary>The elements of a chunk, which live as long as the tensor.</summary>
    public static Span<float> Chunk(Tensor tensor, int chunk)
    {
        var elements = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var first = chunk * ChunkLength;
        return elements.Slice(first, Math.Min(ChunkLength, elements.Length - first));
    }

    /// <summary>Runs code for every chunk of some tensors, on as many threads as libtorch uses.</summary>
    /// <param name="tensors">The tensors.</param>
    /// <param name="work">Gets the number of the tensor, the number of its chunk, and the number of that among all.</param>
    public static void ForEachChunk(IReadOnlyList<Tensor> tensors, Action<int, int, int> work)
    {
        var chunks = new List<(int Tensor, int Chunk)>();
        for (var i = 0; i < tensors.Count; i++)
        {
            for (var chunk = 0; chunk < ChunksOf(tensors[i]); chunk++)
                chunks.Add((i, chunk));
        }
        Parallel.For(0, chunks.Count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, i => work(chunks[i].Tensor, chunks[i].Chunk, i));
    }
}
