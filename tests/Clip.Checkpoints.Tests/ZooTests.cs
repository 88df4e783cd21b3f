using System.Text.Json;

namespace Clip.Checkpoints.Tests;

/// <summary>Every dtype, shape, stride and shared storage, bit for bit as PyTorch 1.13 and safetensors wrote them.</summary>
[NoTensorLeaks]
public sealed class ZooTests
{
    [Fact]
    public void ReadTensor_SafetensorsZoo_EqualsTheRecordedBytes()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Find("checkpoints", "zoo_expected.json")));
        var rows = expected.RootElement.EnumerateObject().ToDictionary(row => row.Name, row => row.Value);

        Assert.Equal(rows.Keys.Order(StringComparer.Ordinal), checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, row) in rows)
        {
            using var actual = checkpoint.ReadTensor(name);
            Assert.Equal(row.GetProperty("dtype").GetString(), DTypeName(actual.dtype));
            Assert.Equal(row.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), actual.shape);
            Assert.Equal(actual.shape, checkpoint.Tensors[name].Shape);
            Assert.Equal(actual.dtype, checkpoint.Tensors[name].DType);
            Assert.Equal(actual.numel(), checkpoint.Tensors[name].ElementCount);
            Assert.Equal(row.GetProperty("raw_little_endian_hex").GetString(), Hex(actual));
        }
    }

    [Theory]
    [InlineData("zoo_tensors_zip.pt", CheckpointFormat.PyTorchZip)]
    [InlineData("zoo_tensors_zip_proto4.pt", CheckpointFormat.PyTorchZip)]
    [InlineData("zoo_tensors_legacy.pt", CheckpointFormat.PyTorchLegacy)]
    public void ReadTensor_PyTorchZoo_EqualsTheContiguousCopies(string file, CheckpointFormat format)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", file));
        using var expected = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo_tensors_expected.safetensors"));

        Assert.Equal(format, checkpoint.Format);
        Assert.Equal(expected.Tensors.Keys.Order(StringComparer.Ordinal), checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var name in expected.Tensors.Keys)
        {
            using var right = expected.ReadTensor(name);
            using var actual = checkpoint.ReadTensor(name);
            Assert.True(actual.is_contiguous());
            TensorAssert.BitEqual(right, actual);
        }
    }

    [Theory]
    [InlineData("zoo_unaligned_header.safetensors")]
    [InlineData("zoo_header_order.safetensors")]
    public void ReadTensor_UnusualHeader_ReadsEveryTensor(string file)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", file));

        Assert.Equal(3, checkpoint.Tensors.Count);
        foreach (var (name, info) in checkpoint.Tensors)
        {
            using var read = checkpoint.ReadTensor(name);
            Assert.Equal(info.Shape, read.shape);
        }
    }

    [Theory]
    [InlineData("zoo_python_objects.pt")]
    [InlineData("zoo_python_objects_legacy.pt")]
    public void Metadata_PythonValues_AreWrittenInvariantly(string file)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", file));
        var expected = new Dictionary<string, string>
        {
            ["epoch"] = "3",
            ["lr"] = "0.001",
            ["neg"] = "-5",
            ["big"] = "1099511627776",
            ["huge"] = "1180591620717411303424",
            ["flag"] = "True",
            ["off"] = "False",
            ["none"] = "None",
            ["name"] = "run é 日本 😀",
            ["tup.0"] = "1",
            ["tup.1"] = "a",
            ["tup.2"] = "2.5",
            ["lst.0"] = "1",
            ["lst.1.0"] = "2",
            ["lst.1.1.0"] = "3",
            ["size.0"] = "2",
            ["size.1"] = "3",
            ["dtype"] = "torch.float16",
            ["device"] = "cpu",
            ["od.a"] = "1",
            ["dd.1"] = "int key",
            ["dd.2.5"] = "float key",
            ["bytes"] = "0001ff",
            ["st.0"] = "1",
            ["st.1"] = "2",
            ["nan"] = "NaN",
            ["cplx"] = "(skip)",
        };

        Assert.Equal(["state_dict.w"], checkpoint.Tensors.Keys);
        Assert.Equal(expected, checkpoint.Metadata);
    }

    private static string Hex(Tensor tensor) => tensor.numel() == 0 ? "" : Convert.ToHexStringLower(tensor.bytes);

    private static string DTypeName(ScalarType dtype) => dtype switch
    {
        ScalarType.Byte => "torch.uint8",
        ScalarType.Bool => "torch.bool",
        ScalarType.BFloat16 => "torch.bfloat16",
        _ => $"torch.{dtype.ToString().ToLowerInvariant()}",
    };
}
