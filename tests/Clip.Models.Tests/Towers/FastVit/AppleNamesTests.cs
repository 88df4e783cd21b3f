using Clip.Checkpoints;

namespace Clip.Models.Tests.Towers.FastVit;

/// <summary>Apple's configs and names against recorded files: each fixture's first line is the config, the others keys and shapes.</summary>
public sealed class AppleNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Manifests => ["mct", "mct-reparameterized", "base", "base-reparameterized"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Read_ConfigAndFile_HaveTheRecordedKeysAndShapes(string name)
    {
        var (config, keys) = Read(name);
        WriteEmpty("model.safetensors", keys);
        File.WriteAllText(_folder.File("mobileclip_config.json"), config);

        // Which of the two forms the file has is seen from its names.
        using var network = DualEncoder.Load(_folder.Path);

        Assert.Equal(name.EndsWith("-reparameterized", StringComparison.Ordinal), ((FastVitConfig)network.Config.Image).Reparameterized);
        Assert.Equal(keys.Order(StringComparer.Ordinal), AppleKeys(network.Config).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mobileclip_s0.pt")]
    [InlineData("mobileclip_s2.pt")]
    public void Find_FolderWithApplesFile_FindsConfigAndWeights(string weights)
    {
        File.WriteAllText(_folder.File("config.json"), Read("mct").Config);
        File.WriteAllText(_folder.File(weights), "");

        Assert.Equal(new CheckpointFolder(_folder.File("config.json"), _folder.File(weights)), CheckpointFolder.Find(_folder.Path));
    }

    [Theory]
    [InlineData("fastvit_mci0", true)]
    [InlineData("fastvit_mci2", false)]
    public void TryRecognize_PublishedFileAlone_HasItsConfig(string size, bool isMixed)
    {
        var published = Published(size, isMixed);
        WriteEmpty("alone.safetensors", AppleKeys(published));

        Assert.Equal(published, DualEncoderConfig.TryRecognize(_folder.File("alone.safetensors")));
    }

    [Fact]
    public void TryRecognize_OtherSizes_IsNull()
    {
        WriteEmpty("alone.safetensors", Read("mct").Keys);

        Assert.Null(DualEncoderConfig.TryRecognize(_folder.File("alone.safetensors")));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void TryRead_Outline_IsTheConfigs(string name)
    {
        var (config, keys) = Read(name);
        File.WriteAllText(_folder.File("mobileclip_config.json"), config);
        using var shapes = new TensorShapesOf(_folder.File("model.safetensors"), keys);

        Assert.Equal(
            DualEncoderOutline.Of(DualEncoderConfig.Read(_folder.File("mobileclip_config.json"))),
            DualEncoderOutline.TryRead(shapes.Checkpoint));
    }

    [Fact]
    public void Load_ApplesNamesWithOpenClipsConfig_TakesTheProjectionWithoutItsBias()
    {
        var (_, keys) = Read("base");
        WriteEmpty("open_clip_model.safetensors", keys);
        File.WriteAllText(_folder.File("open_clip_config.json"), """
            {
              "model_cfg": {
                "embed_dim": 24,
                "vision_cfg": {
                  "timm_model_name": "fastvit_mci0", "timm_pool": "avg", "timm_proj": null, "image_size": 96,
                  "timm_model_kwargs": { "layers": [1, 1, 1, 1], "embed_dims": [8, 16, 32, 64] }
                },
                "text_cfg": { "context_length": 16, "vocab_size": 160, "width": 32, "heads": 2, "layers": 2, "no_causal_mask": true },
                "custom_text": true
              }
            }
            """);

        using var network = DualEncoder.Load(_folder.Path);

        Assert.Equal(new TimmHeadConfig(TimmProjection.Linear), ((FastVitConfig)network.Config.Image).Head);
    }

    [Theory]
    [InlineData("image_cfg.model_name", "\"model_name\": \"mci0\"", "\"model_name\": \"mci7\"")]
    [InlineData("text_cfg.model_name", "\"model_name\": \"mct\"", "\"model_name\": \"mcx\"")]
    [InlineData("text_cfg.norm_layer", "layer_norm_fp32", "rms_norm")]
    [InlineData("text_cfg.ffn_multiplier_per_layer", "4.0", "1e9")]
    [InlineData("text_cfg.causal_masking", "false", "true")]
    [InlineData("Text.Transformer.Heads", "\"n_heads_per_layer\": 2", "\"n_heads_per_layer\": 5")]
    [InlineData("Image.Blocks", "\"layers\": [1, 2, 1, 1]", "\"layers\": [1, 2, 1]")]
    [InlineData("Image.Widths[3]", "[16, 16, 32, 64]", "[16, 16, 32, 48]")]
    [InlineData("Image.Resolution", "\"image_size\": 96", "\"image_size\": 1000000000")]
    [InlineData("image_cfg.dilation", "\"image_size\": 96", "\"image_size\": 96, \"dilation\": 2")]
    public void Read_HostileSetting_IsRefusedByName(string setting, string original, string hostile)
    {
        var config = Read("mct").Config;
        Assert.Contains(original, config, StringComparison.Ordinal);
        var file = _folder.File("mobileclip_config.json");
        File.WriteAllText(file, config.Replace(original, hostile, StringComparison.Ordinal));

        var exception = Assert.Throws<CheckpointException>(() => DualEncoderConfig.Read(file));

        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }

    // Of MobileCLIP-B; its keys and shapes are written from Apple's vit.py.
    [Fact]
    public void TryRecognize_VisionTransformerAlone_HasItsConfig()
    {
        var file = _folder.File("mobileclip_config.json");
        File.WriteAllText(file, """
            {
              "embed_dim": 512, "image_cfg": { "image_size": 224, "model_name": "vit_b16" },
              "text_cfg": {
                "context_length": 77, "vocab_size": 49408, "dim": 512, "ffn_multiplier_per_layer": 4.0, "n_heads_per_layer": 8, "n_transformer_layers": 12,
                "norm_layer": "layer_norm_fp32", "causal_masking": true, "model_name": "base"
              }
            }
            """);
        var config = DualEncoderConfig.Read(file);
        var keys = AppleKeys(config);
        WriteEmpty("alone.safetensors", keys);
        using var shapes = new TensorShapesOf(_folder.File("model.safetensors"), keys);

        Assert.Equal(config, DualEncoderConfig.TryRecognize(_folder.File("alone.safetensors")));
        Assert.Equal(DualEncoderOutline.Of(config), DualEncoderOutline.TryRead(shapes.Checkpoint));
        Assert.Contains("image_encoder.model.patch_emb.0.block.conv.weight [192, 3, 4, 4]", keys);
        Assert.Contains("image_encoder.model.patch_emb.1.block.norm.running_var [192]", keys);
        Assert.Contains("image_encoder.model.patch_emb.2.block.conv.bias [768]", keys);
        Assert.Contains("image_encoder.model.cls_token [1, 1, 768]", keys);
        Assert.Contains("image_encoder.model.pos_embed.pos_embed.pos_embed [1, 1, 196, 768]", keys);
        Assert.Contains("image_encoder.model.transformer.11.pre_norm_mha.1.qkv_proj.weight [2304, 768]", keys);
        Assert.Contains("image_encoder.model.transformer.0.pre_norm_ffn.4.bias [768]", keys);
        Assert.Contains("image_encoder.model.post_transformer_norm.weight [768]", keys);
        Assert.Contains("image_encoder.model.classifier.proj [768, 512]", keys);
    }

    private static (string Config, string[] Keys) Read(string name)
    {
        var lines = File.ReadAllLines(Fixtures.Find("presets", "apple", $"{name}.manifest.txt"));
        return (lines[0].TrimStart('#'), lines[1..]);
    }

    private static DualEncoderConfig Published(string size, bool isMixed)
    {
        var (blocks, widths) = FastVitPresets.Find(size)!.Value;
        var transformer = new TransformerConfig { Width = 512, Layers = isMixed ? 4 : 12, Heads = 8, Activation = Activation.Gelu };
        return new DualEncoderConfig
        {
            EmbeddingSize = 512,
            Image = new FastVitConfig { Resolution = 256, Head = new TimmHeadConfig(TimmProjection.Linear), Blocks = [.. blocks], Widths = [.. widths] },
            Text = isMixed
                ? new MobileClipTextConfig { ContextLength = 77, VocabularySize = 49_408, Transformer = transformer }
                : new ClipTextConfig { ContextLength = 77, VocabularySize = 49_408, Transformer = transformer, Causal = false },
        };
    }

    private static string[] AppleKeys(DualEncoderConfig config)
    {
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(config, new WeightFactory(ScalarType.Float32, META));
        var state = network.state_dict();
        return [.. KeyMaps.For(config).Single(map => map.Name == "Apple's MobileCLIP").Map(state.Keys)!
            .Select(key => $"{key.Name} [{string.Join(", ", key.View(state[key.Parameter]).shape)}]")];
    }

    private void WriteEmpty(string name, IEnumerable<string> keys) => TensorShapesOf.Write(_folder.File(name), keys);
}
