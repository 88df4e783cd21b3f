using System.Text;
using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests;

[NoTensorLeaks]
public sealed class CheckpointTests
{
    [Fact]
    public void Open_MissingFile_SaysWhatWasExpected()
    {
        var error = Assert.Throws<FileNotFoundException>(() => Checkpoint.Open("/no/such/model.safetensors"));

        Assert.Contains("Expected a safetensors file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Folder_NamesTheFileInIt()
    {
        var folder = Fixtures.Find("checkpoints", "hf_clip");

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder));

        Assert.Equal(folder, error.CheckpointPath);
        Assert.Contains("'model.safetensors'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NamedPipe_IsRefusedWithoutWaiting()
    {
        using var folder = new TemporaryFolder();
        var pipe = NamedPipe.Create(folder.File("model.safetensors"));

        var error = await Assert.ThrowsAsync<CheckpointException>(() => Task.Run(() => Checkpoint.Open(pipe).Dispose()).WithinLimit());

        Assert.Contains("named pipe", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull")]
    [InlineData("<!DOCTYPE html><html></html>", "web page")]
    [InlineData("GGUF\u0003 and so on and on", "GGUF")]
    [InlineData("\u001f\u008b\b and so on and on and on", "gzip")]
    public void Open_ForeignFile_SaysWhatItIs(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("model.safetensors", Encoding.Latin1.GetBytes(content));

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_RelativePath_IsMadeFull()
    {
        var path = Path.GetRelativePath(Environment.CurrentDirectory, Fixtures.Find("checkpoints", "zoo.safetensors"));

        using var checkpoint = Checkpoint.Open(path);

        Assert.True(Path.IsPathFullyQualified(checkpoint.Path));
    }

    [Fact]
    public void Open_SafetensorsWhoseLengthLooksLikeAPickle_IsSafetensors()
    {
        using var folder = new TemporaryFolder();
        var header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}".PadRight(0x0280);
        var path = folder.Write("a.bin", SafetensorsBytes.From(header, 7));

        using var checkpoint = Checkpoint.Open(path);

        Assert.Equal(CheckpointFormat.Safetensors, checkpoint.Format);
    }

    [Fact]
    public void Tensors_Enumerated_AreInTheOrderOfTheFile()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "state_dict_zip.pt"));

        Assert.Equal(["positional_embedding", "text_projection", "logit_scale"], checkpoint.Tensors.Keys.Take(3));
        Assert.All(checkpoint.Tensors, pair => Assert.Equal(pair.Key, pair.Value.Name));
    }

    [Fact]
    public void Metadata_OfSafetensors_IsItsHeaders()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "native.safetensors"));

        Assert.Equal("pt", checkpoint.Metadata["format"]);
    }

    [Fact]
    public void ReadTensor_UnknownName_ThrowsArgumentException()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));

        Assert.Throws<ArgumentException>("name", () => checkpoint.ReadTensor("no.such.tensor"));
    }

    [Fact]
    public void ReadTensor_AfterDispose_ThrowsObjectDisposedException()
    {
        var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        checkpoint.Dispose();

        Assert.Throws<ObjectDisposedException>(() => checkpoint.ReadTensor("f32"));
    }

    [Fact]
    public void ReadTensor_InADisposeScope_BelongsToIt()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        Tensor read;
        using (NewDisposeScope())
            read = checkpoint.ReadTensor("f32");

        Assert.True(read.IsInvalid);
    }

    [Theory]
    [InlineData("f32", ScalarType.Float16)]
    [InlineData("f32", ScalarType.BFloat16)]
    [InlineData("f64", ScalarType.Float32)]
    [InlineData("special_f32", ScalarType.Float16)]
    [InlineData("special_f16", ScalarType.Float32)]
    [InlineData("special_bf16", ScalarType.Float64)]
    [InlineData("bf16", ScalarType.Float32)]
    [InlineData("i64", ScalarType.Int32)]
    [InlineData("u8", ScalarType.Float32)]
    [InlineData("bool", ScalarType.Float32)]
    public void ReadTensor_AnotherDType_ConvertsAsLibtorchDoes(string name, ScalarType dtype)
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        using var original = checkpoint.ReadTensor(name);
        using var expected = original.to(dtype);

        using var actual = checkpoint.ReadTensor(name, dtype);

        TensorAssert.BitEqual(expected, actual);
    }

    [Fact]
    public void CopyTo_AnotherShape_ThrowsEvenWhereItCouldBroadcast()
    {
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        using var destination = zeros(2, 5);

        var error = Assert.Throws<ArgumentException>("destination", () => checkpoint.CopyTo("scalar", destination));

        Assert.Contains("[2, 5]", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, destination.sum().item<float>());
    }

    [Fact]
    public void CopyTo_LeafThatRequiresGradients_WritesItInPlace()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        var parameter = zeros(2, 3, 4, requires_grad: true);
        var half = zeros(2, 3, 4, dtype: float16, requires_grad: true);

        checkpoint.CopyTo("f32", parameter);
        checkpoint.CopyTo("f32", half);

        var expected = checkpoint.ReadTensor("f32");
        TensorAssert.BitEqual(expected, parameter);
        TensorAssert.BitEqual(expected.to(float16), half);
        Assert.True(parameter.requires_grad);
        Assert.True(parameter.is_leaf);
    }

    [Fact]
    public void CopyTo_ViewOfALargerTensor_WritesOnlyTheView()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        var whole = zeros(2, 5, 4);

        checkpoint.CopyTo("f32", whole.narrow(1, 1, 3));

        TensorAssert.BitEqual(checkpoint.ReadTensor("f32"), whole.narrow(1, 1, 3).contiguous());
        Assert.Equal(0, whole.select(1, 0).abs().sum().item<float>() + whole.select(1, 4).abs().sum().item<float>());
    }

    [Fact]
    public void CopyTo_Transposed_WritesAcross()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", "zoo.safetensors"));
        var destination = zeros(2, 3, dtype: float64);

        checkpoint.CopyTo("f64", destination.t());

        TensorAssert.BitEqual(checkpoint.ReadTensor("f64"), destination.t().contiguous());
    }

    [Fact]
    public void ReadTensor_OnManyThreads_GivesTheSameValues()
    {
        string[] files = ["state_dict_zip.pt", "native.safetensors", "state_dict_legacy.pt"];
        foreach (var file in files)
        {
            using var checkpoint = Checkpoint.Open(Fixtures.Find("checkpoints", file));
            using var reference = Checkpoint.Open(Fixtures.Find("checkpoints", "native.safetensors"));
            var names = checkpoint.Tensors.Keys.ToArray();

            Parallel.For(0, names.Length * 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            {
                var name = names[i % names.Length];
                using var expected = reference.ReadTensor(name);
                using var actual = checkpoint.ReadTensor(name);
                TensorAssert.BitEqual(expected, actual);
            });
        }
    }

    [Fact]
    public void ReadTensor_FileCutOffAfterOpening_ThrowsCheckpointException()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.safetensors", SafetensorsBytes.OneTensor("F32", "[2]", 1, 2, 3, 4, 5, 6, 7, 8));
        using var checkpoint = Checkpoint.Open(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(file.Length - 4);

        Assert.Throws<CheckpointException>(() => checkpoint.ReadTensor("a"));
    }
}
