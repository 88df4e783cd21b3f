using Clip.Runtime.Kernels.Float32;

namespace Clip.Runtime.Kernels;

/// <summary>Whether there are kernels for inference that are faster than libtorch's modules.</summary>
internal static class InferenceKernels
{
    /// <summary>Whether kernels compute a dtype on this CPU: our own in float32, oneDNN's in bfloat16 and where ours are not made for the processor.</summary>
    public static bool Serve(ScalarType dtype) => (dtype == ScalarType.Float32 && Float32Kernels.AreFast) || OneDnn.Serves(dtype);
}
