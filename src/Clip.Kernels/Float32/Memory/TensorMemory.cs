using System.Runtime.CompilerServices;

namespace Clip.Kernels.Float32.Memory;

/// <summary>The memory of tensors.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first element of a dense tensor on the CPU, of any size; it stays there as long as the tensor lives.</summary>
    public static T* Pointer<T>(Tensor tensor)
        where T : unmanaged
    {
        if (tensor.numel() <= int.MaxValue / sizeof(T))
            return First(tensor);

        // A span of the whole tensor would end at 2 GiB.
        using var flat = tensor.view(-1);
        using var first = flat.narrow(0, 0, 1);
        return First(first);

        static T* First(Tensor tensor) => (T*)Unsafe.AsPointer(ref tensor.bytes.GetPinnableReference());
    }

    /// <summary>The tensor, dense in float32 on the CPU: itself where it is so already, else a copy; call it in a dispose scope.</summary>
    public static Tensor Dense(Tensor tensor) => tensor.detach().to(ScalarType.Float32, CPU).contiguous();

    /// <summary>Copies a tensor in float32; call it in a dispose scope.</summary>
    /// <remarks>libtorch would share the work with its own threads, which then spin for milliseconds on the processors that a kernel needs.</remarks>
    public static Tensor Copy(Tensor tensor)
    {
        var source = tensor.to(ScalarType.Float32).contiguous();
        var copy = empty(source.shape, ScalarType.Float32);
        var length = source.numel() * sizeof(float);
        Buffer.MemoryCopy(Pointer<float>(source), Pointer<float>(copy), length, length);
        return copy;
    }
}
