using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    public static TheoryData<string> Hostile =>
        [.. Directory.EnumerateFiles(Fixtures.Find("hostile"), "*", SearchOption.AllDirectories)
            .Where(path => Path.GetExtension(path) is ".pt" or ".bin" or ".safetensors")
            .Select(path => Path.GetRelativePath(Fixtures.Root, path)).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("native.safetensors", "Safetensors")]
    [InlineData("openai_torchscript_fp16.pt", "TorchScript")]
    [InlineData("state_dict_zip.pt", "PyTorchZip")]
    [InlineData("state_dict_legacy.pt", "PyTorchLegacy")]
    [InlineData("open_clip_train_epoch_7.pt", "PyTorchZip")]
    [InlineData("hf_clip", "Safetensors", "QuickGelu")]
    [InlineData("hf_clip_sharded", "Sharded", "QuickGelu")]
    [InlineData("hf_clip_bin", "PyTorchZip", "QuickGelu")]
    public async Task Run_OneNetworkInAnyFormat_ReadsItsSizes(string checkpoint, string format, string? activation = null)
    {
        var json = (await ToolRun.Of("inspect", Fixtures.Find("checkpoints", checkpoint), "--json")).Returned(ExitCodes.Ok).Json;

        Assert.Equal(format, json.GetProperty("format").GetString());
        Assert.Equal(activation, json.GetProperty("activation").GetString());
        var architecture = json.GetProperty("architecture");
        Assert.Equal("VisionTransformer", architecture.GetProperty("imageTower").GetString());
        Assert.Equal((64, 16, 64, 2), (Number("resolution"), Number("patchSize"), Number("imageWidth"), Number("imageLayers")));
        Assert.Equal((32, 77, 120, 64, 1), (Number("embeddingSize"), Number("contextLength"), Number("vocabularySize"), Number("textWidth"), Number("textLayers")));

        int Number(string name) => architecture.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Run_File_ListsTensorsWithShapesAndDTypes()
    {
        var run = (await ToolRun.Of("inspect", Fixtures.Find("checkpoints", "native_mixed_f32_f16_bf16.safetensors"))).Returned(ExitCodes.Ok);

        Assert.Contains("Parameters\t217,345", run.Output);
        Assert.Contains("token_embedding.weight\t", run.Output);
        Assert.Contains("[120, 64]", run.Output);
        Assert.Contains("bfloat16", run.Output);
    }

    [Fact]
    public async Task Run_FileOfOtherTensors_SaysThatTheyAreNoClip()
    {
        var json = (await ToolRun.Of("inspect", Fixtures.Find("checkpoints", "zoo.safetensors"), "--json")).Returned(ExitCodes.Ok).Json;

        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("architecture").ValueKind);
        Assert.NotEqual(0, json.GetProperty("tensors").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Run_HostileFile_IsShownOrRefusedInALine(string file)
    {
        var run = await ToolRun.Of("inspect", Path.Combine(Fixtures.Root, file));

        // Some are hostile only when tensors are read, which this does not.
        if (run.ExitCode != ExitCodes.Ok)
            run.FailedWith(ExitCodes.Failure, Path.GetFileName(file));
        Assert.DoesNotContain('\u001B', run.Output);
    }

    [Fact]
    public async Task Run_FolderWithoutModel_SaysWhatIsMissing()
    {
        using var folder = new TemporaryFolder();

        (await ToolRun.Of("inspect", folder.Path)).FailedWith(ExitCodes.Failure, "open_clip_config.json");
    }

    [Fact]
    public async Task Run_NoFile_NamesIt() => (await ToolRun.Of("inspect", "missing.pt")).FailedWith(ExitCodes.Failure, "missing.pt");

    [Theory]
    [InlineData("hf_clip_vision_with_projection", "an image tower alone")]
    [InlineData("hf_clip_text_model", "a text tower alone")]
    [InlineData("hf_text_xlm_roberta_mean_mlp", "context 40, 120 tokens")]
    [InlineData("hf_text_nllb_cls_linear", "any context, 120 tokens")]
    public async Task Run_TextTowersAndTowersAlone_NamesThem(string name, string expected)
    {
        var run = (await ToolRun.Of("inspect", Fixtures.Find("towers", name, "model.safetensors"))).Returned(ExitCodes.Ok);

        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
    }
}
