using Clip.Checkpoints;
using Clip.Models;

namespace Clip.Parity.Tests.Checkpoints;

/// <summary>One small model, written by torch, open_clip and transformers in every format, against the originals' embeddings.</summary>
/// <remarks>
/// "expected.safetensors" holds the embeddings and logits that the original code computed with the weights as each file
/// stores them, in float32. The tolerances are those of the towers.
/// </remarks>
public sealed class FormatParityTests
{
    private static readonly LoadOptions QuickGelu = new() { Activation = Activation.QuickGelu };

    // The recorded architecture has one head of 64 channels per 64 channels of width, so that shapes tell it.
    public static TheoryData<string, string, CheckpointFormat> Files => new()
    {
        { "native.safetensors", "fp32", CheckpointFormat.Safetensors },
        { "native_mixed_f32_f16_bf16.safetensors", "mixed", CheckpointFormat.Safetensors },
        { "native_all_bf16.safetensors", "all_bf16", CheckpointFormat.Safetensors },
        { "state_dict_bf16_zip.pt", "all_bf16", CheckpointFormat.PyTorchZip },
        { "state_dict_zip.pt", "fp32", CheckpointFormat.PyTorchZip },
        { "state_dict_legacy.pt", "fp32", CheckpointFormat.PyTorchLegacy },
        { "open_clip_train_epoch_7.pt", "fp32", CheckpointFormat.PyTorchZip },
        { "openai_torchscript_fp16.pt", "fp16weights", CheckpointFormat.TorchScript },
        { "openai_torchscript_fp16_cuda.pt", "fp16weights", CheckpointFormat.TorchScript },
    };

    public static TheoryData<string, string> Folders => new()
    {
        { "hf_clip", "hf" },
        { "hf_clip_sharded", "hf" },
        { "hf_clip_bin", "hf_legacy_eos2" },
        { "open_clip_hub", "fp32" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_File_EmbedsAsTheOriginal(string file, string expected, CheckpointFormat format)
    {
        var path = ReferenceData.Require("checkpoints", file);
        using (var checkpoint = Checkpoint.Open(path))
            Assert.Equal(format, checkpoint.Format);

        using var network = DualEncoder.Load(path, QuickGelu);
        Compare(network, expected);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Load_Folder_EmbedsAsTheOriginal(string folder, string expected)
    {
        using var network = LoadFolder(folder);
        Compare(network, expected);
    }

    [Fact]
    public void Load_HuggingFaceWithAnotherActivation_EmbedsAsTheOriginal()
    {
        var folder = ReferenceData.Require("checkpoints", "hf_clip");
        var config = DualEncoderConfig.Read(Path.Combine(folder, "config.json"));
        var image = (VisionTransformerConfig)config.Image;
        var gelu = config with
        {
            Image = image with { Transformer = image.Transformer with { Activation = Activation.Gelu } },
            Text = config.ClipText() with { Transformer = config.ClipText().Transformer with { Activation = Activation.Gelu } },
        };

        using var network = DualEncoder.Load(Path.Combine(folder, "model.safetensors"), new LoadOptions { Config = gelu });

        Compare(network, "hf_gelu");
    }

    [Fact]
    public void Load_AllFormatsOfTheSameWeights_AreBitEqual()
    {
        using var scope = NewDisposeScope();
        using var reference = DualEncoder.Load(ReferenceData.Require("checkpoints", "native.safetensors"), QuickGelu);
        var expected = reference.state_dict();

        foreach (var path in (string[])["state_dict_zip.pt", "state_dict_legacy.pt", "open_clip_train_epoch_7.pt", "hf_clip", "hf_clip_sharded", "hf_clip_bin", "open_clip_hub"])
        {
            using var network = Path.HasExtension(path)
                ? DualEncoder.Load(ReferenceData.Require("checkpoints", path), QuickGelu)
                : LoadFolder(path);
            var actual = network.state_dict();
            Assert.Equal(expected.Keys, actual.Keys);
            foreach (var (name, tensor) in expected)
                TensorAssert.BitEqual(tensor, actual[name]);
        }
    }

    private static DualEncoder LoadFolder(string name)
    {
        var folder = ReferenceData.Require("checkpoints", name);
        if (name != "open_clip_hub")
            return DualEncoder.Load(folder);

        // The weights of this folder are native.safetensors, byte for byte, and are kept once.
        var assembled = Directory.CreateTempSubdirectory("clip-tests-").FullName;
        try
        {
            File.Copy(Path.Combine(folder, "open_clip_config.json"), Path.Combine(assembled, "open_clip_config.json"));
            File.Copy(ReferenceData.Require("checkpoints", "native.safetensors"), Path.Combine(assembled, "open_clip_model.safetensors"));
            return DualEncoder.Load(assembled);
        }
        finally
        {
            Directory.Delete(assembled, recursive: true);
        }
    }

    private static void Compare(DualEncoder network, string tag)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var reference = new ReferenceTensors(ReferenceData.Require("checkpoints", "expected.safetensors"));
        var images = network.EncodeImages(reference["image"]);
        var texts = network.EncodeTexts(reference["text"]);
        var scale = network.GetLogitScale().item<float>();

        Close("encode_image", images, largest => 2e-5 * Math.Max(1, largest));
        Close("encode_text", texts, largest => 2e-5 * Math.Max(1, largest));
        Close("logits_per_image", network.GetLogits(images, texts), _ => (1e-6 * scale) + 1e-5);

        void Close(string output, Tensor actual, Func<double, double> tolerance)
        {
            var expected = reference[$"{tag}.{output}.f32"];
            TensorAssert.Close(expected, actual, tolerance(expected.abs().max().item<float>()));
        }
    }
}
