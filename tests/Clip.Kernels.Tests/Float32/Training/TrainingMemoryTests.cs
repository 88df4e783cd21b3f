using Clip.Kernels.Float32.Memory;
using Clip.Kernels.Float32.Training;
using Clip.Runtime;

namespace Clip.Kernels.Tests.Float32.Training;

[Collection(nameof(TestTensors))]
public sealed class TrainingMemoryTests
{
    public TrainingMemoryTests() => TorchLibraries.EnsureLoaded();

    [Fact]
    public void Rent_ShorterThanWhatIsFree_TakesIt()
    {
        using var memory = new TrainingMemory();
        var first = memory.Rent(1000);
        memory.Return(first);
        var second = memory.Rent(600);
        Assert.Same(first, second);
        Assert.NotSame(first, memory.Rent(600));
        memory.Return(second);
        Assert.NotSame(first, memory.Rent(100));
    }

    [Fact]
    public void Rent_LongerThanWhatIsFree_ReplacesIt()
    {
        var before = TransformerChecks.LiveBytes();
        using (var memory = new TrainingMemory())
        {
            for (var length = 1000; length < 1500; length += 100)
            {
                var floats = memory.Rent(length);
                Assert.True(floats.Length >= length);
                memory.Return(floats);
            }
            Assert.InRange(NativeFloats.LiveBytes - before, 1, 2 * 1500 * sizeof(float));
        }
        Assert.Equal(before, TransformerChecks.LiveBytes());
    }
}
