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
    private const string OpenClipConfig = "open_clip_config.json", OpenClipWeights = "open_clip_model.safetensors";

    private static readonly LoadOptions QuickGelu = new() { Activation = Activation.QuickGelu };

    public static TheoryData<string, string> Recorded => [.. RecordedCheckpoint.All().Select(checkpoint => (checkpoint.Name, checkpoint.Tag))];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Load_Recorded_EmbedsAsTheOriginal(string name, string expected)
    {
        var path = RecordedCheckpoint.PathOf(name);
        // The repository keeps each file once.
        Assert.SkipUnless(Path.Exists(path), $"{name} is in the complete reference data only.");

        using var network = LoadRecorded(name);
        Compare(network, expected);
    }

    [Theory]
    [InlineData("native.safetensors", CheckpointFormat.Safetensors)]
    [InlineData("state_dict_zip.pt", CheckpointFormat.PyTorchZip)]
    [InlineData("state_dict_legacy.pt", CheckpointFormat.PyTorchLegacy)]
    [InlineData("openai_torchscript_fp16.pt", CheckpointFormat.TorchScript)]
    public void Open_Recorded_NamesItsFormat(string name, CheckpointFormat format)
    {
        using var checkpoint = Checkpoint.Open(RecordedCheckpoint.PathOf(name));
        Assert.Equal(format, checkpoint.Format);
    }

    [Fact]
    public void Load_HuggingFaceWithAnotherActivation_EmbedsAsTheOriginal()
    {
        var folder = RecordedCheckpoint.PathOf("hf_clip");
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
        using var reference = DualEncoder.Load(RecordedCheckpoint.PathOf("native.safetensors"), QuickGelu);
        var expected = reference.state_dict();

        foreach (var (name, _) in RecordedCheckpoint.All().Where(checkpoint => checkpoint.Tag is "fp32" or "hf" or "hf_legacy_eos2"))
        {
            using var network = LoadRecorded(name);
            var actual = network.state_dict();
            Assert.Equal(expected.Keys, actual.Keys);
            foreach (var (parameter, tensor) in expected)
                TensorAssert.BitEqual(tensor, actual[parameter]);
        }
    }

    private static DualEncoder LoadRecorded(string name)
    {
        var path = RecordedCheckpoint.PathOf(name);
        if (File.Exists(path))
            return DualEncoder.Load(path, QuickGelu);      // one head for each 64 channels of width, so that shapes tell all but the activation
        if (!File.Exists(Path.Combine(path, OpenClipConfig)) || File.Exists(Path.Combine(path, OpenClipWeights)))
            return DualEncoder.Load(path);

        // The repository has the weights of this folder once, as native.safetensors.
        var assembled = Directory.CreateTempSubdirectory("clip-tests-").FullName;
        try
        {
            File.Copy(Path.Combine(path, OpenClipConfig), Path.Combine(assembled, OpenClipConfig));
            File.Copy(RecordedCheckpoint.PathOf("native.safetensors"), Path.Combine(assembled, OpenClipWeights));
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
        using var reference = new ReferenceTensors(RecordedCheckpoint.PathOf("expected.safetensors"));
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
