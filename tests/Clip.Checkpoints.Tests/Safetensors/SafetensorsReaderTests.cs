using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests.Safetensors;

[NoTensorLeaks]
public sealed class SafetensorsReaderTests
{
    [Fact]
    public void ReadTensor_UInt16_IsReadAsInt32()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a", SafetensorsBytes.OneTensor("U16", "[2]", 1, 0, 0xFF, 0xFF)));
        using var read = checkpoint.ReadTensor("a");

        Assert.Equal(ScalarType.Int32, checkpoint.Tensors["a"].DType);
        Assert.Equal([1, 65535], read.data<int>().ToArray());
    }

    [Fact]
    public void ReadTensor_UInt32_IsReadAsInt64()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a", SafetensorsBytes.OneTensor("U32", "[1]", 0xFF, 0xFF, 0xFF, 0xFF)));
        using var read = checkpoint.ReadTensor("a");

        Assert.Equal([uint.MaxValue], read.data<long>().ToArray());
    }

    [Fact]
    public void ReadTensor_UInt64ThatFits_IsReadAsInt64()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a", SafetensorsBytes.OneTensor("U64", "[1]", 7, 0, 0, 0, 0, 0, 0, 0)));
        using var read = checkpoint.ReadTensor("a", ScalarType.Float32);

        Assert.Equal(7f, read.item<float>());
    }

    [Fact]
    public void ReadTensor_UInt64ThatDoesNotFit_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Checkpoint.Open(folder.Write("a", SafetensorsBytes.OneTensor("U64", "[1]", 0, 0, 0, 0, 0, 0, 0, 128)));

        var error = Assert.Throws<CheckpointException>(() => checkpoint.ReadTensor("a"));

        Assert.Contains("above the largest int64", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F8_E4M3", "[1]", 1)]
    [InlineData("C64", "[1]", 8)]
    [InlineData("F4", "[2]", 1)]
    public void Open_UnsupportedDType_NamesTensorAndDType(string dtype, string shape, int bytes)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", SafetensorsBytes.OneTensor(dtype, shape, new byte[bytes]));

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));

        Assert.Contains($"tensor 'a' has the dtype '{dtype}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HalfASurrogatePairInAName_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", SafetensorsBytes.From("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"""));

        Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));
    }
}
