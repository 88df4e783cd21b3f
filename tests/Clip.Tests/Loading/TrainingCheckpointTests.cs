using Clip.Models;
using Clip.Runtime;

namespace Clip.Tests;

/// <summary>Files of weights of any name, as training programs write them, with open_clip's config beside them.</summary>
public sealed class TrainingCheckpointTests
{
    private static readonly ClipModelOptions Cpu = new() { Device = "cpu", Precision = Precision.Float32 };

    private static string Folder => Fixtures.Find("training_checkpoints", "");

    [Theory]
    [InlineData("ema-key.bin", "plain.safetensors")]
    [InlineData("lightning-model.bin", "plain.safetensors")]
    [InlineData("model-key-ddp.bin", "plain.safetensors")]
    [InlineData("model-state-dict.bin", "plain.safetensors")]
    [InlineData("numpy-metric.bin", "numpy-plain.safetensors")]
    public void Load_TrainingCheckpoint_IsTheModelInIt(string file, string plain)
    {
        using var expected = ClipModel.Load(Path.Combine(Folder, plain), Cpu);
        using var clip = ClipModel.Load(Path.Combine(Folder, file), Cpu);

        Assert.Equal(expected.EmbedText("red circle"), clip.EmbedText("red circle"));
        Assert.Equal(expected.EmbedImage(Path.Combine(Folder, "image.png")), clip.EmbedImage(Path.Combine(Folder, "image.png")));
        Assert.Equal(expected.Card with { Source = clip.Card.Source, WeightsPath = clip.Card.WeightsPath }, clip.Card);
        Assert.Equal(Path.Combine(Folder, "open_clip_config.json"), clip.Card.ConfigPath);
    }

    [Fact]
    public void Load_WeightsKey_ReachesTheLoader()
    {
        using var clip = ClipModel.Load(Path.Combine(Folder, "ema-key.bin"), Cpu with { WeightsKey = "ema" });

        var error = Assert.Throws<Checkpoints.CheckpointException>(
            () => ClipModel.Load(Path.Combine(Folder, "ema-key.bin"), Cpu with { WeightsKey = "model" }));
        Assert.Contains("'ema'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_StatedArchitecture_WinsOverTheConfigBeside()
    {
        var path = Path.Combine(Folder, "plain.safetensors");
        using var beside = ClipModel.Load(path, Cpu);
        var other = beside.Card.Config with { Text = beside.Card.Config.ClipText() with { Transformer = beside.Card.Config.ClipText().Transformer with { Activation = Activation.QuickGelu } } };

        using var clip = ClipModel.Load(path, Cpu with { Config = other, Preprocessing = beside.Card.Preprocessing });

        Assert.Null(clip.Card.ConfigPath);
        Assert.Equal(Activation.QuickGelu, clip.Card.Config.ClipText().Transformer.Activation);
    }

    [Fact]
    public void FindConfigBeside_WeightsOfAHuggingFaceConfig_BelongToThat()
    {
        using var folder = new TemporaryFolder();
        var openClip = folder.Write("open_clip_config.json", "{}"u8.ToArray());
        folder.Write("config.json", "{}"u8.ToArray());

        Assert.Equal(openClip, CheckpointFolder.FindConfigBeside(folder.File("epoch_5.pt")));
        Assert.Null(CheckpointFolder.FindConfigBeside(folder.File("model.safetensors")));
        File.Delete(folder.File("config.json"));
        Assert.Equal(openClip, CheckpointFolder.FindConfigBeside(folder.File("model.safetensors")));
        File.Delete(openClip);
        Assert.Null(CheckpointFolder.FindConfigBeside(folder.File("epoch_5.pt")));
    }
}
