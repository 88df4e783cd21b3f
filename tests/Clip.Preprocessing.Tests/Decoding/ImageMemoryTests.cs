using System.Runtime.CompilerServices;
using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing.Tests.Decoding;

/// <summary>Memory of hostile size does not stay.</summary>
// Other tests would take the arrays that are given back here.
[Collection(nameof(PeakMemoryTests))]
public class ImageMemoryTests
{
    [Theory]
    [InlineData(1_000_000)]
    [InlineData(3_000_000)]
    [InlineData(70_000_000)]
    public void RentCleared_AfterUse_HasZeros(int length)
    {
        var used = ImageMemory.Rent(length);
        used.AsSpan().Fill(0xAA);
        ImageMemory.Return(used);

        var array = ImageMemory.RentCleared(length);

        Assert.True(array.Length >= length);
        Assert.Equal(-1, array.AsSpan(0, length).IndexOfAnyExcept((byte)0));
        ImageMemory.Return(array);
    }

    [Theory]
    [InlineData(2_000_000)]
    [InlineData(60_000_000)]
    [InlineData(70_000_000)]
    public void Return_LargeArray_IsTakenByTheNextCollection(int length)
    {
        var array = RentAndReturn(length);

        GC.Collect();

        Assert.False(array.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference RentAndReturn(int length)
    {
        var array = ImageMemory.Rent(length);
        ImageMemory.Return(array);
        return new WeakReference(array);
    }
}
