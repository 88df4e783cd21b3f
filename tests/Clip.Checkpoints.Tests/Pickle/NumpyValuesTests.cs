using System.Text;
using System.Text.Json.Nodes;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests.Pickle;

/// <summary>Values of numpy as it pickles them itself: plain numbers and arrays are data, all else is refused.</summary>
[NoTensorLeaks]
public sealed class NumpyValuesTests
{
    private static readonly JsonNode Recorded = JsonNode.Parse(File.ReadAllBytes(Fixtures.Find("checkpoints", "numpy_values.json")))!["pickles"]!;

    [Theory]
    [InlineData("float64", "0.25")]
    [InlineData("float32", "0.1")]
    [InlineData("float16", "0.5")]
    [InlineData("int64", "-7")]
    [InlineData("uint64", "18446744073709551615")]
    [InlineData("int8", "-1")]
    [InlineData("uint8", "200")]
    [InlineData("bool", "True")]
    public void Open_NumpyScalar_IsAmongTheMetadata(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = Open(folder, Pickle(name));

        Assert.Equal(new Dictionary<string, string> { ["a"] = expected }, checkpoint.Metadata);
    }

    [Fact]
    public void Open_ScalarOfNumpy2_IsRead()
    {
        var pickle = Encoding.Latin1.GetString(Pickle("float64")).Replace("numpy.core.", "numpy._core.", StringComparison.Ordinal);

        using var folder = new TemporaryFolder();
        using var checkpoint = Open(folder, Encoding.Latin1.GetBytes(pickle));

        Assert.Equal("0.25", checkpoint.Metadata["a"]);
    }

    [Fact]
    public void ReadTensor_NumpyArrays_GivesTheirElements()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        TensorAssert.BitEqual(arange(6, int32).view(2, 3), Read(folder, "array", "a"));
        TensorAssert.BitEqual(arange(6, float32).view(2, 3), Read(folder, "fortran", "a"));
        TensorAssert.BitEqual(zeros([0, 3], float64), Read(folder, "empty", "a"));
        TensorAssert.BitEqual(tensor([1, 65535]), Read(folder, "u2", "a"));
        TensorAssert.BitEqual(tensor([0.0, 1.0]), Read(folder, "protocol4", "b"));
    }

    [Theory]
    [InlineData("object", "'O8'")]
    [InlineData("datetime", "'M8'")]
    [InlineData("complex", "'c8'")]
    [InlineData("str", "'U1'")]
    [InlineData("struct", "'V4'")]
    [InlineData("big", "little-endian")]
    public void Open_OtherDType_IsRefusedWithItsName(string name, string expected)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<CheckpointException>(() => Open(folder, Pickle(name)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ScalarOfAnObject_IsRefused()
    {
        // The state says that the dtype holds objects (flags 0x3F), whatever its code says.
        var pickle = Pickle("float64");
        ReadOnlySpan<byte> plain = [0xFF, 0xFF, 0xFF, 0xFF, (byte)'K', 0, (byte)'t'];
        pickle[pickle.AsSpan().IndexOf(plain) + plain.Length - 2] = 0x3F;
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<CheckpointException>(() => Open(folder, pickle));

        Assert.Contains("fields, a shape or metadata", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("numpy.core.multiarray", "_frombuffer")]
    [InlineData("numpy.core.multiarray", "fromfile")]
    [InlineData("numpy", "load")]
    [InlineData("numpy", "memmap")]
    [InlineData("numpy.random", "__RandomState_ctor")]
    public void Open_OtherNameOfNumpy_IsRefused(string module, string name)
    {
        var pickle = PickleBytes.Proto().Global(module, name).EmptyTuple().Reduce().Stop();
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<CheckpointException>(() => Open(folder, pickle));

        Assert.Contains($"'{module}.{name}', which is not allowed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x7FFFFFFF, 0x7FFFFFFF)]
    [InlineData(3, 3)]
    [InlineData(-2, -3)]
    [InlineData(0, 0)]
    public void Open_ArrayWhoseShapeIsNotItsBytes_IsRefused(int rows, int columns)
    {
        // As numpy pickles a 2 x 3 array of float32, with another shape.
        var pickle = PickleBytes.Proto().EmptyDict().Text("a")
            .Global("numpy.core.multiarray", "_reconstruct").Mark().Global("numpy", "ndarray").Ints(0).Raw((byte)'C', 1, (byte)'b').Tuple().Reduce()
            .Mark().Int(1).Ints(rows, columns)
            .Global("numpy", "dtype").Mark().Text("f4").Raw(0x89, 0x88).Tuple().Reduce()
            .Raw(0x89).Raw([(byte)'C', 24, .. new byte[24]]).Tuple().Build().SetItem().Stop();
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<CheckpointException>(() => Open(folder, pickle));

        Assert.Contains("numpy array", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Pickle(string name) => Convert.FromHexString(Recorded[name]!.GetValue<string>());

    private static Checkpoint Open(TemporaryFolder folder, byte[] pickle) => Checkpoint.Open(folder.Write($"{Guid.NewGuid()}.pt", TorchArchive.From(pickle)));

    private static Tensor Read(TemporaryFolder folder, string pickle, string name)
    {
        using var checkpoint = Open(folder, Pickle(pickle));
        return checkpoint.ReadTensor(name);
    }
}
