using Clip.Shared;

namespace Clip.Embedding;

/// <summary>Embeddings as plain rows.</summary>
internal static class EmbeddingRows
{
    /// <summary>Gives embeddings unit length, in float32, on their device.</summary>
    /// <param name="embeddings">Embeddings [N, E] of any floating-point dtype.</param>
    public static Tensor ToUnitLength(Tensor embeddings) => nn.functional.normalize(embeddings.to(ScalarType.Float32), dim: -1);

    /// <summary>Copies rows out of native memory, once their device has computed them.</summary>
    /// <param name="embeddings">Embeddings [N, E], float32, on any device.</param>
    public static float[][] Read(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        return TensorRows.ToArrays(Fetch(embeddings));
    }

    private static Tensor Fetch(Tensor embeddings)
    {
        if (embeddings.device_type != DeviceType.CUDA)
            return embeddings.cpu().contiguous();

        // Into ordinary memory the driver would copy piece by piece by itself; into pinned memory the device does it, and this thread
        // only waits.
        return empty_like(embeddings, device: CPU).pin_memory().copy_(embeddings);
    }
}
