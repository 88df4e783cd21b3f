using Clip.Checkpoints;

namespace Clip.Models.Tests.Text;

public sealed class ModernTextTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds => new(TinyTexts.Modern.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Call_NothingButPadding_IsTheFirstTokenAlone(string kind)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyTexts.Modern[kind];
        using var network = TinyConfig.Create(config);

        var many = network.EncodeTexts(full([1, 10], 3, ScalarType.Int64));

        Assert.True(many.isfinite().all().item<bool>());
        TensorAssert.Close(many, network.EncodeTexts(full([1, 1], 3, ScalarType.Int64)), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Export_ThenLoad_IsBitEqual(string kind)
    {
        using var scope = NewDisposeScope();
        var config = TinyTexts.Modern[kind];
        config = config with { Text = config.Text with { Tokenizer = TokenizerKind.Tiktoken } };
        using var network = TinyConfig.Create(config);

        network.Export(_folder.Path, WeightLayout.Native);
        using var loaded = DualEncoder.Load(_folder.Path);

        Assert.Equal(config.Text, loaded.Config.Text);
        var weights = loaded.state_dict();
        foreach (var (name, value) in network.state_dict())
            TensorAssert.BitEqual(value, weights[name]);
        using var checkpoint = Checkpoint.Open(_folder.File("open_clip_model.safetensors"));
        Assert.Equal(DualEncoderOutline.Of(network.Config), DualEncoderOutline.TryRead(checkpoint));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_OfTraining_ChangesEveryParameter(string kind)
    {
        using var scope = NewDisposeScope();
        var config = TinyTexts.Modern[kind];
        using var network = TinyConfig.Create(config);
        network.train();
        var before = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.detach().clone());

        var logits = network.call(TinyConfig.Pixels(config, 3), TinyTexts.Tokens(config));
        nn.functional.cross_entropy(logits, arange(3, ScalarType.Int64)).backward();
        using var optimizer = optim.SGD(network.parameters(), 0.1);
        optimizer.step();

        foreach (var (name, parameter) in network.named_parameters())
        {
            Assert.True(parameter.grad is not null && parameter.grad.isfinite().all().item<bool>(), name);
            Assert.True((parameter.detach() - before[name]).abs().max().item<float>() > 0, name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void StageOf_Parameters_GoesFromTheEmbeddingsToTheHead(string kind)
    {
        using var network = TinyConfig.Create(TinyTexts.Modern[kind]);

        foreach (var (name, _) in network.Text.named_parameters())
        {
            var expected = name.Split('.') switch
            {
                ["token_embedding" or "reg_tokens" or "norm_pre", ..] => 0,
                ["blocks", var block, ..] => 1 + int.Parse(block, provider: null),
                ["ln_final", _] => 2,
                _ => 3,
            };
            Assert.Equal(expected, network.Text.StageOf(name));
        }
        Assert.Equal(4, network.Text.StageCount);
    }

    [Theory]
    [InlineData("ModernMap", 8)]
    [InlineData("ModernOptions", 8)]
    public void GetAdaptableMatrices_HasThoseOfTheBlocks(string kind, int expected)
    {
        using var network = TinyConfig.Create(TinyTexts.Modern[kind]);

        var matrices = network.Text.GetAdaptableMatrices();

        Assert.Equal(expected, matrices.Count);
        Assert.Equal(2, matrices.Count(matrix => matrix.Parts.Count == 3));
    }

    [Fact]
    public void Call_ATextWithoutItsEndToken_IsPooledAtTheLast()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = TinyConfig.Create(TinyTexts.Modern["ModernEnd"]);
        var tokens = tensor(new long[] { 9, 8, 40, 7, 40, 3, 9, 8, 6, 7, 3, 3 }, 2, 6);

        var features = network.Text.GetFeatures(tokens);

        var all = network.Text.GetTokens(tokens);
        TensorAssert.Close(all[0, 2], features[0], 1e-6);
        TensorAssert.Close(all[1, 3], features[1], 1e-6);
    }

    // Where each block has its own values alone or the first one's alone, the share decides.
    [Fact]
    public void ValueResidual_TheShareOfOne_IsPlainAttention()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var config = TinyTexts.Modern["ModernOptions"];
        using var mixing = TinyConfig.Create(config);
        using var plain = TinyConfig.Create(config with { Text = (ModernTextConfig)config.Text with { ValueResidual = false } });
        var weights = mixing.state_dict();
        foreach (var (name, value) in plain.state_dict())
            value.copy_(weights[name]);
        var tokens = TinyTexts.Tokens(config);
        var share = mixing.Text.get_parameter("blocks.1.attn.vr_lambda")!;

        Assert.NotEqual(0, (mixing.EncodeTexts(tokens) - plain.EncodeTexts(tokens)).abs().max().item<float>());
        nn.init.ones_(share);
        TensorAssert.Close(plain.EncodeTexts(tokens), mixing.EncodeTexts(tokens), 1e-6);
    }

    [Fact]
    public void Initialize_Weights_HaveTheOriginalsDeviations()
    {
        using var scope = NewDisposeScope();
        var text = (ModernTextConfig)TinyTexts.Modern["ModernEnd"].Text with { Width = 128, Heads = 4, MlpWidth = 340, GateBias = true, VocabularySize = 2000 };
        using var network = TinyConfig.Create(TinyTexts.Modern["ModernEnd"] with { Text = text });

        RequireDeviation("token_embedding.weight", 0.02);
        RequireDeviation("blocks.1.attn.in_proj_weight", 1 / Math.Sqrt(128));
        RequireDeviation("blocks.1.attn.gate.weight", 1 / Math.Sqrt(128));
        RequireDeviation("blocks.1.attn.out_proj.weight", 1 / Math.Sqrt(128 * 2 * 2));
        RequireDeviation("blocks.1.mlp.w12.weight", 1.22 / Math.Sqrt(2 * 128));
        RequireDeviation("blocks.1.mlp.w3.weight", 1 / Math.Sqrt(128 * 2 * 2));
        RequireDeviation("text_projection.weight", 1 / Math.Sqrt(128));
        Assert.Equal(0, network.Text.get_parameter("token_embedding.weight")![3].abs().max().item<float>());
        TensorAssert.BitEqual(ones(128), network.Text.get_parameter("blocks.0.attn.gate.bias")!.detach());

        void RequireDeviation(string name, double expected)
        {
            var weight = network.Text.get_parameter(name)!.detach();
            Assert.Equal(expected, weight.std().item<float>(), 6 * expected / Math.Sqrt(2.0 * weight.numel()));
        }
    }

    [Theory]
    [InlineData("\"pool_type\": \"last\"", "text_cfg.pool_type")]
    [InlineData("\"pool_type\": \"eos\"", "Text.EndTokenId")]
    [InlineData("\"attention_mode\": \"prefix\"", "text_cfg.attention_mode")]
    [InlineData("\"pos_embed\": \"learned\"", "text_cfg.pos_embed")]
    [InlineData("\"mlp_type\": \"geglu\"", "text_cfg.mlp_type")]
    [InlineData("\"norm_type\": \"batchnorm\"", "text_cfg.norm_type")]
    [InlineData("\"norm_placement\": \"post\"", "text_cfg.norm_placement")]
    [InlineData("\"hf_model_name\": \"roberta-base\"", "text_cfg.hf_model_name")]
    [InlineData("\"no_causal_mask\": true", "text_cfg.no_causal_mask")]
    [InlineData("\"heads\": 7", "Text.Heads")]
    [InlineData("\"width\": 24, \"heads\": 8", "Text.Heads")]
    [InlineData("\"layers\": 100000", "Text.Layers")]
    [InlineData("\"reg_tokens\": 99999999", "Text.RegisterTokens")]
    [InlineData("\"pad_id\": 49408", "Text.PaddingId")]
    [InlineData("\"rope_temperature\": -1", "Text.RotaryBase")]
    [InlineData("\"mlp_ratio\": 1e300", "text_cfg.mlp_ratio")]
    public void Read_WrongSetting_NamesIt(string setting, string place)
    {
        var mean = setting.Contains("pool_type", StringComparison.Ordinal) ? "" : ", \"pool_type\": \"mean\"";
        File.WriteAllText(
            _folder.File("config.json"),
            $$"""{"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}, "text_cfg": {"text_arch": "modern"{{mean}}, {{setting}}} }""");

        var exception = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(_folder.File("config.json")));

        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoPadding_SeesAllTokens()
    {
        File.WriteAllText(
            _folder.File("config.json"),
            """{"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}, "text_cfg": {"text_arch": "modern", "pool_type": "mean", "pad_id": null} }""");

        var text = DualEncoderConfig.Read(_folder.File("config.json")).Text;

        Assert.False(text.TakesShorterTexts);
        Assert.Equal(4, text.CountTokens([0, 1, 0, 0]));
    }
}
