using Clip.Checkpoints;

namespace Clip.Models.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private const string OpenClip = """{"model_cfg": {"embed_dim": 64, "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8}, "text_cfg": {"width": 64, "heads": 2, "layers": 2}}}""";
    private const string HuggingFace = """{"model_type": "clip", "projection_dim": 64, "text_config": {"hidden_size": 64, "num_attention_heads": 1}, "vision_config": {"image_size": 64}}""";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    // Each file with what its refusal has to name.
    public static TheoryData<string, string> Hostile => new()
    {
        { "act_unknown.json", "hidden_act" },
        { "deep.json", "not valid JSON" },
        { "empty.json", "not valid JSON" },
        { "heads_not_dividing.json", "Transformer.Heads" },
        { "heads_zero.json", "Transformer.Heads" },
        { "hidden_size_2_30.json", "Transformer.Width" },
        { "image_not_multiple.json", "Image.PatchSize" },
        { "image_size_2_31.json", "vision_config.image_size" },
        { "layers_1e9.json", "Transformer.Layers" },
        { "layers_negative.json", "Transformer.Layers" },
        { "nan.json", "not valid JSON" },
        { "not_json.json", "not valid JSON" },
        { "patch_zero.json", "Image.PatchSize" },
        { "vocab_string.json", "text_config.vocab_size" },
        { "wrong_model_type.json", "model_type" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Read_HostileFile_ThrowsCheckpointExceptionThatNamesThePlace(string file, string place)
    {
        var path = Fixtures.Find("hf_config", file);

        var exception = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(path));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HostileFiles_AllHaveATest()
    {
        var tested = Hostile.Select(row => row.Data.Item1);

        Assert.Equal(Directory.GetFiles(Fixtures.Find("hf_config")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal), tested.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_OpenClip_TakesItsDefaults()
    {
        var config = Read(OpenClip);

        var image = Assert.IsType<VisionTransformerConfig>(config.Image);
        Assert.Equal((64, 2, 1, 256, Activation.Gelu), (image.Transformer.Width, image.Transformer.Layers, image.Transformer.Heads, image.Transformer.MlpWidth, image.Transformer.Activation));
        Assert.Equal((77, 49_408, TextPooling.HighestId, true), (config.Text.ContextLength, config.Text.VocabularySize, config.ClipText().Pooling, config.ClipText().Causal));
    }

    [Fact]
    public void Read_HuggingFace_TakesItsDefaults()
    {
        var config = Read(HuggingFace);

        var image = Assert.IsType<VisionTransformerConfig>(config.Image);
        Assert.Equal((768, 12, 12, 32, Activation.QuickGelu), (image.Transformer.Width, image.Transformer.Layers, image.Transformer.Heads, image.PatchSize, image.Transformer.Activation));
        Assert.Equal((TextPooling.FirstEndToken, (int?)49_407), (config.ClipText().Pooling, config.ClipText().EndTokenId));
    }

    [Fact]
    public void Read_HuggingFaceOverridingSection_CountsInstead()
    {
        var config = Read("""{"model_type": "clip", "text_config": {"num_hidden_layers": 3}, "text_config_dict": {"num_hidden_layers": 5}}""");

        Assert.Equal(5, config.ClipText().Transformer.Layers);
    }

    [Fact]
    public void Read_HuggingFaceLegacyEndToken_PoolsAtTheHighestId()
    {
        var config = Read("""{"model_type": "clip", "text_config": {"eos_token_id": 2}}""");

        Assert.Equal(TextPooling.HighestId, config.ClipText().Pooling);
    }

    [Theory]
    [InlineData("vision_cfg.shiny", OpenClip, "\"patch_size\": 8", "\"patch_size\": 8, \"shiny\": true")]
    [InlineData("text_cfg.shiny", OpenClip, "\"heads\": 2", "\"heads\": 2, \"shiny\": [1]")]
    [InlineData("model_cfg.shiny", OpenClip, "\"embed_dim\": 64", "\"embed_dim\": 64, \"shiny\": 1")]
    [InlineData("vision_config.shiny", HuggingFace, "\"image_size\": 64", "\"image_size\": 64, \"shiny\": 1")]
    [InlineData("text_config.shiny", HuggingFace, "\"hidden_size\": 64", "\"hidden_size\": 64, \"shiny\": 1")]
    public void Read_UnknownSetting_IsRefusedByNameUnlessIgnored(string name, string json, string old, string added)
    {
        File.WriteAllText(_file, json.Replace(old, added, StringComparison.Ordinal));

        var exception = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(_file));

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Equal(Read(json), Reread(json.Replace(old, added, StringComparison.Ordinal), ignoreUnknown: true));
    }

    [Theory]
    [InlineData("qk_norm", "\"patch_size\": 8, \"qk_norm\": true")]
    [InlineData("pool_type", "\"patch_size\": 8, \"pool_type\": \"none\"")]
    [InlineData("block_type", "\"patch_size\": 8, \"block_type\": \"custom\"")]
    [InlineData("timm_model_name", "\"patch_size\": 8, \"timm_model_name\": \"mixer_b16_224\"")]
    [InlineData("attentional_pool", "\"patch_size\": 8, \"attentional_pool\": \"parallel\"")]
    [InlineData("head_width", "\"patch_size\": 8, \"head_width\": 7")]
    [InlineData("head_width", "\"patch_size\": 8, \"head_width\": 0")]
    [InlineData("mlp_ratio", "\"patch_size\": 8, \"mlp_ratio\": 1e300")]
    [InlineData("in_chans", "\"patch_size\": 8, \"in_chans\": 4")]
    [InlineData("image_size", "\"patch_size\": 8, \"image_size\": [1, 2, 3]")]
    public void Read_UnsupportedSetting_IsRefusedByName(string name, string setting)
    {
        var exception = Assert.Throws<CheckpointException>(() => Read(OpenClip.Replace("\"patch_size\": 8", setting, StringComparison.Ordinal).Replace("\"image_size\": 32, ", name == "image_size" ? "" : "\"image_size\": 32, ", StringComparison.Ordinal)));

        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("quick_gelu\": true", Activation.QuickGelu)]
    [InlineData("quick_gelu\": false", Activation.Gelu)]
    public void Read_OpenClipQuickGelu_IsTheActivationOfBothTowers(string setting, Activation expected)
    {
        var config = Read(OpenClip.Replace("\"embed_dim\"", $"\"{setting}, \"embed_dim\"", StringComparison.Ordinal));

        Assert.Equal(expected, config.ClipText().Transformer.Activation);
        Assert.Equal(expected, ((VisionTransformerConfig)config.Image).Transformer.Activation);
    }

    [Fact]
    public void Read_OpenClipSigLip_KnowsTimmsTower()
    {
        var config = Read("""
            {"embed_dim": 1152, "init_logit_bias": -10, "custom_text": true,
             "vision_cfg": {"image_size": 384, "timm_model_name": "vit_so400m_patch14_siglip_384", "timm_model_pretrained": false, "timm_pool": "map", "timm_proj": "none"},
             "text_cfg": {"context_length": 64, "vocab_size": 32000, "hf_tokenizer_name": "x", "tokenizer_kwargs": {"clean": "canonicalize"}, "width": 1152, "heads": 16, "layers": 27,
                          "mlp_ratio": 3.7362, "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}}
            """);

        var image = Assert.IsType<SigLipVisionConfig>(config.Image);
        Assert.Equal(new ImageSize(27, 27), image.Grid);
        Assert.Equal((4304, 4304), (image.Transformer.MlpWidth, config.ClipText().Transformer.MlpWidth));
        Assert.Equal((1e-6, false, TextPooling.Last), (config.ClipText().Transformer.NormEpsilon, config.ClipText().Causal, config.ClipText().Pooling));
    }

    [Fact]
    public void Read_DuplicateSetting_IsRefused()
    {
        Assert.Throws<CheckpointException>(() => Read(OpenClip.Replace("\"embed_dim\": 64", "\"embed_dim\": 64, \"embed_dim\": 32", StringComparison.Ordinal)));
    }

    private DualEncoderConfig Read(string json) => Reread(json, ignoreUnknown: false);

    private DualEncoderConfig Reread(string json, bool ignoreUnknown)
    {
        File.WriteAllText(_file, json);
        return DualEncoderConfig.Read(_file, ignoreUnknown);
    }
}
