using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp.Tests;

public sealed class PaddedMemoryAllocatorTests
{
    [Theory, InlineData(0), InlineData(1), InlineData(301)]
    public void Allocate_AnyLength_HasZerosBehind(int length)
    {
        using var bytes = new PaddedMemoryAllocator().Allocate<Rgb24>(length);

        Assert.Equal(length, bytes.Memory.Length);
        Assert.True(MemoryMarshal.TryGetArray<Rgb24>(bytes.Memory, out var array));
        Assert.InRange((array.Array!.Length - array.Offset - length) * 3, PaddedMemoryAllocator.Padding, int.MaxValue);
        Assert.All(array.Array, pixel => Assert.Equal(default, pixel));
    }

    [Theory, InlineData(-1), InlineData(int.MaxValue)]
    public void Allocate_LengthThatNoArrayHas_ThrowsWhatImageSharpThrows(int length) =>
        Assert.Throws<InvalidMemoryOperationException>(() => new PaddedMemoryAllocator().Allocate<byte>(length));
}
