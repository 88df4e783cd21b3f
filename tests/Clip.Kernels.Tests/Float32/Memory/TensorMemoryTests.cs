using Clip.Kernels.Float32.Memory;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Memory;

public sealed unsafe class TensorMemoryTests
{
    public TensorMemoryTests() => TorchLibraries.EnsureLoaded();

    // Only the rows that are written take memory.
    [Fact]
    public void Pointer_TensorBeyond2GiB_IsItsFirstElement()
    {
        using var scope = NewDisposeScope();
        var all = empty([2049, 1 << 18], ScalarType.Float32);
        all[0, 0] = 4;

        var first = TensorMemory.Pointer<float>(all);
        first[2048L << 18] = 5;

        Assert.Equal(4, *first);
        Assert.Equal(5, all[2048, 0].item<float>());
    }

    [Fact]
    public void Pointer_ViewBeyondTheStart_IsTheViewsFirstElement()
    {
        using var scope = NewDisposeScope();
        var all = arange(12, ScalarType.Int64).view(3, 4);

        Assert.Equal(8, *TensorMemory.Pointer<long>(all[2]));
    }

    [Fact]
    public void Pointer_NoElements_IsNull()
    {
        using var scope = NewDisposeScope();

        Assert.True(TensorMemory.Pointer<float>(zeros(0, 3)) == null);
    }
}
