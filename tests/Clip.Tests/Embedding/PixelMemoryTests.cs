using Clip.Embedding;
using Clip.Preprocessing;
using Clip.Runtime;
using Clip.Shared;

namespace Clip.Tests;

public sealed class PixelMemoryTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact, NoTensorLeaks]
    public void Rent_ReturnedBuffers_AreUsedAgain()
    {
        using var memory = Create(ScalarType.Float32, out var made);

        using (memory.Rent(4))
        using (memory.Rent(4))
        {
        }
        for (var i = 0; i < 10; i++)
        {
            using var buffer = memory.Rent(1 + i % 4);
            Assert.Equal(1 + i % 4, buffer.Pixels.shape[0]);
        }

        Assert.Equal([4, 4], made);
    }

    [Fact, NoTensorLeaks]
    public void Rent_AllBuffersInUse_GivesOrdinaryMemory()
    {
        using var memory = Create(ScalarType.Float32, out var made);

        var buffers = Enumerable.Range(0, 5).Select(_ => memory.Rent(2)).ToArray();

        Assert.Equal([2, 2, 2], made);
        Assert.Equal(5, buffers.Select(Address).Distinct().Count());
        foreach (var buffer in buffers)
            buffer.Dispose();
    }

    [Fact, NoTensorLeaks]
    public void Rent_MoreImagesThanBefore_MakesALargerBufferInPlaceOfTheSmall()
    {
        using var memory = Create(ScalarType.Float32, out var made);

        foreach (var images in (int[])[2, 5, 3, 5])
            memory.Rent(images).Dispose();

        Assert.Equal([2, 5], made);
    }

    [Fact, NoTensorLeaks]
    public void Rent_OneImage_PinsNothing()
    {
        using var memory = Create(ScalarType.Float32, out var made);

        memory.Rent(1).Dispose();

        Assert.Empty(made);
    }

    [Fact, NoTensorLeaks]
    public void Dispose_BuffersInUse_AreReleasedWhenTheyComeBack()
    {
        var memory = Create(ScalarType.Float32, out _);
        var buffer = memory.Rent(3);

        memory.Dispose();

        buffer.Pixels.bytes.Clear();
        buffer.Dispose();
    }

    [Fact]
    public void For_Cpu_IsAFreshTensorThatTheNetworkReads()
    {
        using var scope = NewDisposeScope();
        ServedPrecision.RequireBFloat16();
        using var memory = PixelMemory.For(ComputeTarget.Resolve("cpu", Precision.BFloat16), tiny.Clip.Preprocessor);
        using var buffer = memory.Rent(3);

        Assert.Equal(ScalarType.Float32, buffer.Pixels.dtype);
        Assert.Equal(Address(buffer), Address(buffer.Send()));
    }

    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Write_HalfPrecision_RoundsAsTheDeviceWould(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var precise = Create(ScalarType.Float32, out _);
        using var half = Create(dtype, out _);
        using var expected = precise.Rent(2);
        using var actual = half.Rent(2);

        foreach (var (row, source) in (ReadOnlySpan<(int, ImageSource)>)[(0, TestImages.Noise(1)), (1, TestImages.Files[0])])
        {
            expected.Write(row, source);
            actual.Write(row, source);
        }

        TensorAssert.BitEqual(expected.Pixels.to(dtype), actual.Pixels);
    }

    // Only the rows that are written take memory.
    [Fact]
    public void Write_PixelsBeyond2GiB_ReachesTheLastRow()
    {
        using var scope = NewDisposeScope();
        using var memory = PixelMemory.For(ComputeTarget.Resolve("cpu", Precision.Float32), tiny.Clip.Preprocessor);
        var last = (int)(int.MaxValue / (sizeof(float) * (long)tiny.Clip.Preprocessor.Length)) + 1;
        using var buffer = memory.Rent(last + 1);
        using var expected = memory.Rent(1);

        buffer.Write(last, TestImages.Noise(1));
        expected.Write(0, TestImages.Noise(1));

        TensorAssert.BitEqual(expected.Pixels[0], buffer.Pixels[last]);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Write_UnreadableImage_LeavesZeros(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var memory = Create(dtype, out _);
        using var buffer = memory.Rent(2);
        buffer.Pixels.fill_(7);

        Assert.Throws<Preprocessing.ImageDecodingException>(() => buffer.Write(1, new byte[] { 1, 2, 3 }));

        Assert.Equal([7f, 0f], buffer.Pixels.to(ScalarType.Float32).amax(1, 2, 3).data<float>().ToArray());
    }

    [Fact]
    public void Round_TiesAndNeighbors_EqualsLibtorch()
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        float[] values =
        [
            .. Enumerable.Range(0, 4099).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.Next() & 0xBF7FFFFF)),
            .. Enumerable.Range(0, 64).Select(i => BitConverter.UInt32BitsToSingle(0x3F800000u + ((uint)i << 15))),      // ties
            0, -0f, float.Epsilon, 1.0039f,
        ];
        var bits = new ushort[values.Length];

        BFloat16Rounding.Round(values, bits);

        Assert.Equal(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(tensor(values).to(ScalarType.BFloat16).bytes).ToArray(), bits);
    }

    private PixelMemory Create(ScalarType dtype, out List<int> made)
    {
        var sizes = made = [];
        return new PixelMemory(tiny.Clip.Preprocessor, dtype, buffers: 3, Pin, pixels => pixels.alias());

        Tensor Pin(Tensor pixels)
        {
            sizes.Add((int)pixels.shape[0]);
            return pixels.clone();
        }
    }

    private static nint Address(PixelBuffer buffer) => Address(buffer.Pixels);

    private static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* first = tensor.bytes)
            return (nint)first;
    }
}
