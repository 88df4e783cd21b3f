using Clip.Checkpoints.Tests.Support;

namespace Clip.Checkpoints.Tests;

/// <summary>One model in every format gives the same tensors, bit for bit.</summary>
[NoTensorLeaks]
public sealed class FormatsTests
{
    [Theory]
    [InlineData("state_dict_zip.pt", "native.safetensors", CheckpointFormat.PyTorchZip)]
    [InlineData("state_dict_legacy.pt", "native.safetensors", CheckpointFormat.PyTorchLegacy)]
    [InlineData("state_dict_bf16_zip.pt", "native_all_bf16.safetensors", CheckpointFormat.PyTorchZip)]
    [InlineData("hf_clip_sharded/model.safetensors.index.json", "hf_clip/model.safetensors", CheckpointFormat.Sharded)]
    public void ReadTensor_SameModel_IsBitEqual(string file, string reference, CheckpointFormat format)
    {
        using var checkpoint = OpenFixture(file);
        using var expected = OpenFixture(reference);

        Assert.Equal(format, checkpoint.Format);
        Assert.Equal(CheckpointFormat.Safetensors, expected.Format);
        AssertSameTensors(expected, checkpoint, checkpoint.Tensors.Keys, name => name);
        Assert.Equal(expected.Tensors.Count, checkpoint.Tensors.Count);
    }

    [Fact]
    public void ReadTensor_PyTorchBin_EqualsSafetensorsButForPositionIds()
    {
        using var checkpoint = OpenFixture("hf_clip_bin/pytorch_model.bin");
        using var expected = OpenFixture("hf_clip/model.safetensors");

        AssertSameTensors(expected, checkpoint, expected.Tensors.Keys, name => name);
        Assert.All(
            checkpoint.Tensors.Keys.Except(expected.Tensors.Keys),
            name => Assert.EndsWith("position_ids", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Open_TrainingCheckpoint_FlattensNestedDictionaries()
    {
        using var checkpoint = OpenFixture("open_clip_train_epoch_7.pt");
        using var expected = OpenFixture("native.safetensors");

        AssertSameTensors(expected, checkpoint, expected.Tensors.Keys, name => $"state_dict.module.{name}");
        Assert.Contains("optimizer.state.0.exp_avg", checkpoint.Tensors.Keys);
        Assert.Equal("7", checkpoint.Metadata["epoch"]);
        Assert.Equal("0.2", checkpoint.Metadata["optimizer.param_groups.1.weight_decay"]);
        Assert.Equal("65536", checkpoint.Metadata["scaler.scale"]);
    }

    [Fact]
    public void Open_TorchScript_ReadsModulesAsNestedNames()
    {
        using var checkpoint = OpenFixture("openai_torchscript_fp16.pt");
        using var reference = OpenFixture("native.safetensors");

        Assert.Equal(CheckpointFormat.TorchScript, checkpoint.Format);
        Assert.Equal(["context_length", "input_resolution", "vocab_size"],
            checkpoint.Tensors.Keys.Except(reference.Tensors.Keys).Order(StringComparer.Ordinal));
        foreach (var name in reference.Tensors.Keys)
        {
            using var full = reference.ReadTensor(name);
            using var half = full.to(checkpoint.Tensors[name].DType);
            using var actual = checkpoint.ReadTensor(name);
            TensorAssert.BitEqual(half, actual);
        }
        using var contextLength = checkpoint.ReadTensor("context_length");
        Assert.Equal(77, contextLength.item<long>());
    }

    [Fact]
    public void Open_TorchScriptSavedOnAGpu_ReadsToTheCpu()
    {
        using var folder = new TemporaryFolder();
        var pickle = PickleBytes.Proto()
            .Global("__torch__.model", "Net").EmptyTuple().NewObj().EmptyDict().Mark()
            .Text("weight").Global("torch._utils", "_rebuild_tensor_v2")
            .Mark().Storage("FloatStorage", "0", 2, location: "cuda:0").Int(0).Ints(2).Ints(1).Raw(0x89).EmptyDict().Tuple().Reduce()
            .SetItems().Build().Stop();
        var path = folder.Write("gpu.pt", TorchArchive.From(pickle, isTorchScript: true, ("0", [0, 0, 128, 63, 0, 0, 0, 64])));

        using var checkpoint = Checkpoint.Open(path);
        using var weight = checkpoint.ReadTensor("weight");

        Assert.Equal(CheckpointFormat.TorchScript, checkpoint.Format);
        Assert.Equal([1f, 2f], weight.data<float>().ToArray());
    }

    private static Checkpoint OpenFixture(string file) => Checkpoint.Open(Fixtures.Find(["checkpoints", .. file.Split('/')]));

    private static void AssertSameTensors(Checkpoint expected, Checkpoint actual, IEnumerable<string> names, Func<string, string> toActual)
    {
        foreach (var name in names)
        {
            using var right = expected.ReadTensor(name);
            using var read = actual.ReadTensor(toActual(name));
            TensorAssert.BitEqual(right, read);
        }
    }
}
