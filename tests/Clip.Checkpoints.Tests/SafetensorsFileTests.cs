using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Clip.Checkpoints.Tests.Support;
using Clip.Checkpoints.Writing;

namespace Clip.Checkpoints.Tests;

[NoTensorLeaks]
public sealed class SafetensorsFileTests
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", ["note"] = "é 日本 \"quoted\"" };

    [Fact]
    public void Write_EveryDTypeAndLayout_ReadsBackBitForBit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = Samples();

        var path = SafetensorsFile.Write(folder.File("all.safetensors"), tensors, Metadata);

        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(Metadata, checkpoint.Metadata);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, expected) in tensors)
            TensorAssert.BitEqual(expected, checkpoint.ReadTensor(name));
        Assert.Equal(["all.safetensors"], folder.Names);
    }

    [Fact]
    public void Write_Header_IsAlignedAndSortedByWidth()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        var bytes = File.ReadAllBytes(SafetensorsFile.Write(folder.File("a.safetensors"), Samples(), Metadata));

        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal((byte)'{', bytes[8]);
        using var header = JsonDocument.Parse(Encoding.UTF8.GetString(bytes, 8, (int)length));
        var begins = header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
            .Select(entry => (Width: Width(entry.Value), Begin: entry.Value.GetProperty("data_offsets")[0].GetInt64())).ToList();
        Assert.Equal(begins.OrderByDescending(entry => entry.Width).Select(entry => entry.Width), begins.Select(entry => entry.Width));
        Assert.All(begins, entry => Assert.Equal(0, entry.Begin % entry.Width));
    }

    [Fact]
    public void Write_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = Samples();

        SafetensorsFile.Write(folder.File("1"), tensors, Metadata);
        SafetensorsFile.Write(folder.File("2"), tensors.Reverse(), Metadata.Reverse().ToDictionary());

        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
    }

    [Fact]
    public void Write_NoTensors_IsAValidEmptyCheckpoint()
    {
        using var folder = new TemporaryFolder();

        using var checkpoint = Checkpoint.Open(SafetensorsFile.Write(folder.File("empty.safetensors"), []));

        Assert.Empty(checkpoint.Tensors);
        Assert.Empty(checkpoint.Metadata);
    }

    [Fact]
    public void Write_SameNameTwice_ThrowsAndLeavesTheOldFile()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", [1, 2, 3]);
        var weight = ones(2);

        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, [new("w", weight), new("w", weight)]));

        AssertUntouched(folder, path);
    }

    [Fact]
    public void Write_UnsupportedDType_ThrowsAndLeavesTheOldFile()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", [1, 2, 3]);

        var error = Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(path, [new("w", ones(2, dtype: complex64))]));

        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
        AssertUntouched(folder, path);
    }

    [Fact]
    public void Write_ImpossibleName_ThrowsArgumentException()
    {
        using var folder = new TemporaryFolder();
        using var weight = ones(2);

        string[] names = ["__metadata__", "half \ud800"];
        foreach (var name in names)
            Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(folder.File("a.safetensors"), [new(name, weight)]));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void Write_TensorDisposedWhileWriting_LeavesTheOldFileAndNoOther()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", [1, 2, 3]);
        var first = ones(400, 1000).t();
        var last = ones(10);

        // The size is asked for while the header is made; the write of the last tensor then fails halfway.
        var failing = new Writing.NamedTensor("z", last, "F32", 4);
        last.Dispose();

        Assert.ThrowsAny<Exception>(() => Checkpoints.Writing.SafetensorsWriter.Write(
            path, [new Writing.NamedTensor("a", first, "F32", 4), failing], new Dictionary<string, string>()));

        AssertUntouched(folder, path);
    }

    [Fact]
    public void Write_MissingFolder_ThrowsDirectoryNotFoundException()
    {
        using var weight = ones(2);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "no", "such", "a.safetensors");

        Assert.Throws<DirectoryNotFoundException>(() => SafetensorsFile.Write(path, [new("w", weight)]));
    }

    [Fact]
    public void Write_AboveTheLimit_WritesShardsAndAnIndex()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = Layers(5, value: 1);

        var path = SafetensorsFile.Write(folder.File("model.safetensors"), tensors, Metadata, maxShardBytes: 800);

        Assert.Equal(folder.File("model.safetensors.index.json"), path);
        Assert.Equal(
            ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors", "model.safetensors.index.json"],
            folder.Names);
        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal(CheckpointFormat.Sharded, checkpoint.Format);
        Assert.Equal("2000", checkpoint.Metadata["total_size"]);
        Assert.Equal("pt", checkpoint.Metadata["format"]);
        foreach (var (name, expected) in tensors)
            TensorAssert.BitEqual(expected, checkpoint.ReadTensor(name));
    }

    [Fact]
    public void Write_OverAShardedCheckpoint_ReplacesItAsAWhole()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        SafetensorsFile.Write(path, Layers(4, value: 1), maxShardBytes: 800);
        folder.Write("model.safetensors", [1]);

        var index = SafetensorsFile.Write(path, Layers(4, value: 2), maxShardBytes: 800);

        // The first checkpoint had the plain names, so the second has others; what it replaces is gone.
        Assert.Equal(["model.2-00001-of-00002.safetensors", "model.2-00002-of-00002.safetensors", "model.safetensors.index.json"], folder.Names);
        using var checkpoint = Checkpoint.Open(index);
        Assert.Equal(2f, checkpoint.ReadTensor("layer.0").max().item<float>());
    }

    [Fact]
    public void Write_ShardFails_LeavesTheOldCheckpointAndNothingElse()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        var index = SafetensorsFile.Write(path, Layers(4, value: 1), maxShardBytes: 800);
        var before = folder.Names;
        var disposed = ones(100);
        var named = Writing.NamedTensors.Check(Layers(4, value: 2).Append(new("layer.9", disposed)));
        disposed.Dispose();

        Assert.ThrowsAny<Exception>(() => Checkpoints.Sharding.ShardedWriter.Write(path, named, new Dictionary<string, string>(), 800));

        Assert.Equal(before, folder.Names);
        using var checkpoint = Checkpoint.Open(index);
        Assert.Equal(1f, checkpoint.ReadTensor("layer.3").max().item<float>());
    }

    [Fact]
    public void Write_LargeNonContiguousTensor_IsWrittenInPieces()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var wide = rand(900, 1300).t();
        var channelsLast = rand(4, 300, 40, 50).permute(0, 3, 1, 2);

        var path = SafetensorsFile.Write(folder.File("a.safetensors"), [new("wide", wide), new("channels", channelsLast)]);

        using var checkpoint = Checkpoint.Open(path);
        TensorAssert.BitEqual(wide.contiguous(), checkpoint.ReadTensor("wide"));
        TensorAssert.BitEqual(channelsLast.contiguous(), checkpoint.ReadTensor("channels"));
    }

    private static void AssertUntouched(TemporaryFolder folder, string path)
    {
        Assert.Equal<byte>([1, 2, 3], File.ReadAllBytes(path));
        Assert.Single(folder.Names);
    }

    private static Dictionary<string, Tensor> Layers(int count, float value) =>
        Enumerable.Range(0, count).ToDictionary(i => $"layer.{i}", _ => full(100, value));

    private static int Width(JsonElement entry) => entry.GetProperty("dtype").GetString() switch
    {
        "F64" or "I64" => 8,
        "F32" or "I32" => 4,
        "F16" or "BF16" or "I16" => 2,
        _ => 1,
    };

    private static Dictionary<string, Tensor> Samples() => new()
    {
        ["f64"] = rand(3, 2, dtype: float64),
        ["f32"] = rand(2, 3, 4),
        ["f16"] = rand(5).to(float16),
        ["bf16"] = rand(4, 2).to(bfloat16),
        ["i64"] = arange(4),
        ["i32"] = arange(9, dtype: int32),
        ["i16"] = arange(7, dtype: int16),
        ["i8"] = arange(-2, 3, dtype: int8),
        ["u8"] = arange(10, dtype: uint8),
        ["bool"] = tensor(new[] { true, false, true }),
        ["scalar"] = tensor(2.5f),
        ["empty"] = empty(0, 4),
        ["transposed"] = rand(3, 5).t(),
        ["expanded"] = ones(1).expand(3),
        ["gradient"] = ones(2, requires_grad: true),
        ["unicode é/日"] = ones(2),
    };
}
