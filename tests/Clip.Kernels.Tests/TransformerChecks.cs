using Clip.Kernels.Contracts;
using Clip.Kernels.Float32.Memory;

namespace Clip.Kernels.Tests;

/// <summary>What holds for every transformer kernel, however its linear layers are computed.</summary>
internal static class TransformerChecks
{
    /// <summary>Requires that a sequence's bits depend neither on the batch nor on the number of threads.</summary>
    public static void RequireSameBits(ITransformerKernel kernel, long width)
    {
        var threads = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            var x = TestTensors.Create(9, 40, width) * 4;
            set_num_threads(1);
            var expected = kernel.Forward(x, null);
            foreach (var count in (int[])[1, 2, 4, 16])
            {
                set_num_threads(count);
                TensorAssert.BitEqual(expected, kernel.Forward(x, null));
                TensorAssert.BitEqual(expected.narrow(0, 3, 1).contiguous(), kernel.Forward(x.narrow(0, 3, 1), null));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    /// <summary>Requires that a kernel takes native memory and gives all of it back.</summary>
    public static void RequireMemoryBack(Func<ITransformerKernel> create, long width)
    {
        using var scope = NewDisposeScope();
        var before = LiveBytes();
        using (var kernel = create())
        {
            kernel.Forward(TestTensors.Create(4, 10, width), null);
            Assert.NotEqual(before, NativeFloats.LiveBytes);
        }
        Assert.Equal(before, LiveBytes());
    }

    /// <summary>Native memory of kernels, without that of threads that have ended, which finalizers give back.</summary>
    public static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return NativeFloats.LiveBytes;
    }
}
