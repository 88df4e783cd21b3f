using System.Runtime.CompilerServices;
using Clip.Kernels.Float32.Threads;

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

    /// <summary>Copies the rows of each item in another order, in float32, on the threads of the kernels; call it in a dispose scope.</summary>
    /// <param name="items">[N, P, W].</param>
    /// <param name="order">For each row of the copy its number in the item, int64 [Q].</param>
    /// <returns>[N, Q, W].</returns>
    public static Tensor Gather(Tensor items, Tensor order)
    {
        var source = items.to(ScalarType.Float32).contiguous();
        var numbers = order.contiguous();
        var (places, rows, width) = ((nint)source.shape[1], (nint)numbers.shape[0], (nint)source.shape[2]);
        var copy = empty([source.shape[0], rows, width], ScalarType.Float32);
        if (copy.numel() == 0)
            return copy;
        var from = Pointer<float>(source);
        var to = Pointer<float>(copy);
        var number = Pointer<long>(numbers);
        KernelThreads.Shared.Run(KernelThreads.SizeFor(copy.numel()), team =>
        {
            var share = team.Share((nint)copy.shape[0] * rows);
            for (var row = share.First; row < share.End; row++)
            {
                var place = row / rows * places + (nint)number[row % rows];
                new Span<float>(from + place * width, (int)width).CopyTo(new Span<float>(to + row * width, (int)width));
            }
        });
        GC.KeepAlive(source);
        GC.KeepAlive(numbers);
        return copy;
    }
}
