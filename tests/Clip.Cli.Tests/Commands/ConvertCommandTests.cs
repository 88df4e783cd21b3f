using System.Text.Json.Nodes;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Cli.Tests.Commands;

public sealed class ConvertCommandTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ToHuggingFaceAndBack_KeepsBitsAndVocabulary()
    {
        var (there, back) = (_folder.File("there"), _folder.File("back"));

        var first = (await ToolRun.Of("convert", model.Folder, there, "--to", "hf", "--json")).Returned(ExitCodes.Ok);
        (await ToolRun.Of("convert", there, back, "--to", "native")).Returned(ExitCodes.Ok);

        Assert.Equal(
            ["config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json"],
            first.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        Assert.Equal(File.ReadAllBytes(Path.Combine(model.Folder, "vocab.json")), File.ReadAllBytes(Path.Combine(back, "vocab.json")));
        RequireSameTensors(Path.Combine(model.Folder, "open_clip_model.safetensors"), Path.Combine(back, "open_clip_model.safetensors"));
        using var converted = ClipModel.Load(back, new ClipModelOptions { Device = "cpu" });
        Assert.Equal(model.Clip.EmbedText("the photo"), converted.EmbedText("the photo"));
        Assert.Equal(["back", "there"], Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Run_ToHuggingFace_SaysWhatItsPreprocessingCannot()
    {
        var output = _folder.File("hf");

        var run = (await ToolRun.Of("convert", model.Folder, output, "--to", "hf")).Returned(ExitCodes.Ok);

        Assert.Contains("one pixel aside", run.Error);
        Assert.Contains("before they are resized", run.Error);
        Assert.Equal(PreprocessingConfig.HuggingFace(TinyClip.Resolution), PreprocessingConfig.Read(Path.Combine(output, "preprocessor_config.json")));
    }

    [Fact]
    public async Task Run_ToNative_KeepsPreprocessingAndTokenizerSettings()
    {
        var source = Directory.CreateDirectory(_folder.File("source")).FullName;
        foreach (var file in Directory.GetFiles(model.Folder))
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        var configPath = Path.Combine(source, "open_clip_config.json");
        var config = JsonNode.Parse(File.ReadAllText(configPath))!;
        config["preprocess_cfg"]!["resize_mode"] = "longest";
        config["preprocess_cfg"]!["fill_color"] = 7;
        config["model_cfg"]!["text_cfg"]!["tokenizer_kwargs"] = new JsonObject { ["clean"] = "canonicalize" };
        File.WriteAllText(configPath, config.ToJsonString());

        var run = (await ToolRun.Of("convert", source, _folder.File("out"), "--to", "native", "--dtype", "f16")).Returned(ExitCodes.Ok);

        Assert.Empty(run.Error);
        var written = _folder.File("out/open_clip_config.json");
        Assert.Equal(PreprocessingConfig.Read(configPath), PreprocessingConfig.Read(written));
        Assert.Equal("canonicalize", (string?)JsonNode.Parse(File.ReadAllText(written))!["model_cfg"]!["text_cfg"]!["tokenizer_kwargs"]!["clean"]);
        using var weights = Checkpoint.Open(_folder.File("out/open_clip_model.safetensors"));
        Assert.All(weights.Tensors.Values, tensor => Assert.Equal(ScalarType.Float16, tensor.DType));
    }

    [Fact]
    public async Task Run_ResizeThatHuggingFaceDoesNotKnow_WritesNoneAndSaysSo()
    {
        var preprocessing = _folder.Write("preprocessing.json", [.. "{\"size\":32,\"resize_mode\":\"longest\"}"u8]);

        var run = (await ToolRun.Of("convert", model.Folder, _folder.File("out"), "--to", "hf", "--preprocessing", preprocessing)).Returned(ExitCodes.Ok);

        Assert.Contains("have no words", run.Error);
        Assert.False(File.Exists(_folder.File("out/preprocessor_config.json")));
    }

    [Fact]
    public async Task Run_FileWithActivation_BecomesACompleteFolder()
    {
        var output = _folder.File("out");

        (await ToolRun.Of(
            "convert", Fixtures.Find("checkpoints", "openai_torchscript_fp16.pt"), output, "--to", "native", "--activation", "quick_gelu", "--preprocessing", "openai",
            "--shard-size", "300KB")).Returned(ExitCodes.Ok);

        using var network = DualEncoder.Load(output);
        Assert.Equal(Activation.QuickGelu, network.Config.ClipText().Transformer.Activation);
        Assert.Equal(PreprocessingConfig.OpenAI(64), PreprocessingConfig.Read(Path.Combine(output, "open_clip_config.json")));
        Assert.True(File.Exists(Path.Combine(output, "open_clip_model.safetensors.index.json")));
    }

    [Fact]
    public async Task Run_FileWithoutActivation_FailsWithTheOption() =>
        (await ToolRun.Of("convert", Fixtures.Find("checkpoints", "native.safetensors"), _folder.File("out"), "--to", "hf"))
            .FailedWith(ExitCodes.Failure, "--activation (quick_gelu");

    [Fact]
    public async Task Run_FolderWithFiles_IsRefusedUnlessOverwritten()
    {
        _folder.Write("notes.txt", [1]);

        (await ToolRun.Of("convert", model.Folder, _folder.Path, "--to", "hf")).FailedWith(ExitCodes.Failure, "--overwrite");
        Assert.Equal(["notes.txt"], _folder.Names);
        (await ToolRun.Of("convert", model.Folder, _folder.Path, "--to", "hf", "--overwrite")).Returned(ExitCodes.Ok);
        Assert.Contains("notes.txt", _folder.Names);
        Assert.Contains("model.safetensors", _folder.Names);
    }

    [Fact]
    public async Task Run_BrokenInput_LeavesNothing()
    {
        (await ToolRun.Of("convert", _folder.Write("broken.pt", [1, 2, 3]), _folder.File("out"), "--to", "hf", "--activation", "gelu"))
            .FailedWith(ExitCodes.Failure, "broken.pt");

        Assert.Equal(["broken.pt"], _folder.Names);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    private static void RequireSameTensors(string expected, string actual)
    {
        using var left = Checkpoint.Open(expected);
        using var right = Checkpoint.Open(actual);
        Assert.Equal(left.Tensors.Keys.Order(StringComparer.Ordinal), right.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var name in left.Tensors.Keys)
        {
            using var scope = NewDisposeScope();
            TensorAssert.BitEqual(left.ReadTensor(name), right.ReadTensor(name));
        }
    }
}
