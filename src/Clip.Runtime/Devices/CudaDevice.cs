namespace Clip.Runtime;

/// <summary>An NVIDIA GPU as the CUDA driver describes it.</summary>
/// <param name="Index">Its number among the devices this process may use: 1 in <c>cuda:1</c>.</param>
/// <param name="Name">Its name, such as "NVIDIA H200".</param>
/// <param name="ComputeCapability">Its generation, such as 9.0.</param>
/// <param name="MemoryBytes">Its memory, in bytes.</param>
public sealed record CudaDevice(int Index, string Name, Version ComputeCapability, long MemoryBytes)
{
    /// <summary>Whether it multiplies bfloat16 in hardware.</summary>
    internal bool HasBFloat16 => ComputeCapability >= new Version(8, 0);

    /// <summary>Whether it multiplies float16 in tensor cores.</summary>
    internal bool HasFloat16TensorCores => ComputeCapability >= new Version(7, 0);

    /// <summary>Whether it has float16 arithmetic at all.</summary>
    internal bool HasFloat16 => ComputeCapability >= new Version(5, 3);

    /// <summary>One line, such as "cuda:0 NVIDIA H200, compute capability 9.0, 139.8 GiB".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"cuda:{Index} {Name}, compute capability {ComputeCapability}, {MemoryBytes / (double)(1L << 30):F1} GiB");
}
