using System.Text.Json.Nodes;
using Clip.Checkpoints;

namespace Clip.Models.Tests.Loading;

/// <summary>Adapters as the PEFT library writes them, merged at load.</summary>
public sealed class LoraAdapterTests : IDisposable
{
    private const string Query = "vision_model.encoder.layers.1.self_attn.q_proj";
    private const string Projection = "text_projection";

    private readonly TemporaryFolder _folder = new();
    private readonly DualEncoder _base = TinyConfig.Create(TinyConfig.VisionTransformer);
    private readonly string _baseFolder, _adapter;

    public LoraAdapterTests()
    {
        _baseFolder = Directory.CreateDirectory(_folder.File("base")).FullName;
        _adapter = Directory.CreateDirectory(_folder.File("adapter")).FullName;
        _base.Export(_baseFolder, WeightLayout.HuggingFace);
    }

    public void Dispose()
    {
        _base.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false, 16.0 / 4)]
    [InlineData(true, 16 / 2.0)]
    public void Load_Adapter_AddsItsScaledProducts(bool isRankStabilized, double scale)
    {
        using var scope = NewDisposeScope();
        var (down, up) = (randn(4, 32), randn(32, 4));
        var (projectionDown, projectionUp) = (randn(4, 16), randn(24, 4));
        WriteWeights(new()
        {
            [$"base_model.model.{Query}.lora_A.weight"] = down,
            [$"base_model.model.{Query}.lora_B.weight"] = up,
            [$"base_model.model.{Projection}.lora_A.weight"] = projectionDown,
            [$"base_model.model.{Projection}.lora_B.weight"] = projectionUp,
            ["base_model.model.vision_model.post_layernorm.bias"] = full(32, 0.25),
        });
        WriteConfig(config => config["use_rslora"] = isRankStabilized);

        using var merged = DualEncoder.Load(_adapter);

        var (before, after) = (_base.state_dict(), merged.state_dict());
        const string Input = "visual.transformer.resblocks.1.attn.in_proj_weight", Post = "visual.ln_post.bias", Text = "text.text_projection";
        TensorAssert.Close(before[Input].narrow(0, 0, 32) + up.matmul(down) * scale, after[Input].narrow(0, 0, 32), 1e-5);
        TensorAssert.BitEqual(before[Input].narrow(0, 32, 64), after[Input].narrow(0, 32, 64));
        TensorAssert.Close(before[Text] + (projectionUp.matmul(projectionDown) * scale).t(), after[Text], 1e-5);
        TensorAssert.BitEqual(full(32, 0.25), after[Post]);
        foreach (var (name, value) in before.Where(entry => entry.Key is not (Input or Post or Text)))
            TensorAssert.BitEqual(value, after[name]);
    }

    [Fact]
    public void Load_BaseInAnotherLayout_MergesByTheAdaptersNames()
    {
        using var scope = NewDisposeScope();
        var native = _folder.File("native");
        _base.Export(native, WeightLayout.Native);
        WriteQuery(randn(4, 32), randn(32, 4));
        WriteConfig(config => config["base_model_name_or_path"] = "someone/somewhere");

        using var merged = DualEncoder.Load(_adapter, new LoadOptions { BaseModel = native });
        WriteConfig();
        using var expected = DualEncoder.Load(_adapter);

        foreach (var (name, value) in expected.state_dict())
            TensorAssert.BitEqual(value, merged.state_dict()[name]);
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("use_dora", "true")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("alpha_pattern", "{\"q_proj\": 3}")]
    [InlineData("lora_alpha", "\"much\"")]
    [InlineData("surprise", "1")]
    public void Load_AdapterOfAnotherKind_NamesTheSetting(string setting, string value)
    {
        WriteQuery(zeros(4, 32), zeros(32, 4));
        WriteConfig(config => config[setting] = JsonNode.Parse(value));

        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(_adapter));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FactorsThatDoNotFit_ListsThem()
    {
        WriteWeights(new()
        {
            [$"base_model.model.{Query}.lora_A.weight"] = zeros(4, 33),
            [$"base_model.model.{Query}.lora_B.weight"] = zeros(32, 4),
            [$"base_model.model.{Projection}.lora_A.weight"] = zeros(4, 16),
            ["base_model.model.lm_head.weight"] = zeros(2, 2),
        });
        WriteConfig();

        var exception = Assert.Throws<CheckpointMismatchException>(() => DualEncoder.Load(_adapter));

        Assert.Equal([new ShapeMismatch($"{Query}.weight", [32, 32], [32, 33])], exception.UnequalShapes);
        Assert.Equal([$"{Projection}.lora_B.weight"], exception.MissingKeys);
        Assert.Equal(["lm_head.weight"], exception.UnexpectedKeys);
    }

    [Fact]
    public void Load_AdapterWithNaN_IsRefused()
    {
        WriteQuery(full([4, 32], double.NaN), ones(32, 4));
        WriteConfig();

        Assert.Contains("NaN", Assert.Throws<CheckpointException>(() => DualEncoder.Load(_adapter)).Message);
        DualEncoder.Load(_adapter, new LoadOptions { AllowNonFinite = true }).Dispose();
    }

    [Theory]
    [InlineData("someone/somewhere")]
    [InlineData(@"\\server\share")]
    [InlineData("//server/share")]
    public void Load_BaseThatIsNoFolderHere_AsksForIt(string name)
    {
        WriteQuery(zeros(4, 32), zeros(32, 4));
        WriteConfig(config => config["base_model_name_or_path"] = name);

        var exception = Assert.Throws<CheckpointException>(() => DualEncoder.Load(_adapter));

        Assert.Contains("LoadOptions.BaseModel", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BaseModelForAModel_IsAnArgumentException()
    {
        Assert.Throws<ArgumentException>(() => DualEncoder.Load(_baseFolder, new LoadOptions { BaseModel = _baseFolder }));
    }

    [Fact]
    public void Load_FolderOfATrainer_IgnoresTheStateOfTraining()
    {
        foreach (var name in (string[])["optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin", "trainer_state.json", "scaler.pt"])
            File.WriteAllText(Path.Combine(_baseFolder, name), "not a checkpoint");

        using var loaded = DualEncoder.Load(_baseFolder);

        Assert.Equal(_base.Config.Image, loaded.Config.Image);
    }

    private void WriteQuery(Tensor down, Tensor up) => WriteWeights(new()
    {
        [$"base_model.model.{Query}.lora_A.weight"] = down,
        [$"base_model.model.{Query}.lora_B.weight"] = up,
    });

    private void WriteWeights(Dictionary<string, Tensor> tensors) => SafetensorsFile.Write(Path.Combine(_adapter, "adapter_model.safetensors"), tensors);

    private void WriteConfig(Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["alpha_pattern"] = new JsonObject(),
            ["base_model_name_or_path"] = _baseFolder,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["lora_alpha"] = 16,
            ["lora_dropout"] = 0.1,
            ["peft_type"] = "LORA",
            ["r"] = 4,
            ["target_modules"] = new JsonArray("q_proj", "text_projection"),
            ["use_dora"] = false,
            ["use_rslora"] = false,
        };
        change?.Invoke(config);
        File.WriteAllText(Path.Combine(_adapter, "adapter_config.json"), config.ToJsonString());
    }
}
