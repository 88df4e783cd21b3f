using System.Runtime.CompilerServices;

namespace Clip.Runtime.Kernels.Float32;

/// <summary>The memory of tensors.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first number of a dense tensor on the CPU; it stays there as long as the tensor lives.</summary>
    public static T* Pointer<T>(Tensor tensor)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref tensor.bytes.GetPinnableReference());
}
