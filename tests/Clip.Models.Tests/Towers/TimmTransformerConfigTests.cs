using Clip.Checkpoints;

namespace Clip.Models.Tests.Image;

/// <summary>open_clip's configs of timm's transformers.</summary>
public sealed class TimmTransformerConfigTests : IDisposable
{
    private const string Small = "\"embed_dim\": 48, \"depth\": 2, \"num_heads\": 3";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    public static TheoryData<string, string> Hostile => new()
    {
        { "\"timm_model_kwargs\": {\"depth\": 1000000000}", "Layers" },
        { "\"timm_model_kwargs\": {\"depth\": -1}", "Layers" },
        { "\"timm_model_kwargs\": {\"embed_dim\": 1073741824}", "Width" },
        { "\"timm_model_kwargs\": {\"embed_dim\": 0}", "Width" },
        { "\"timm_model_kwargs\": {\"num_heads\": 7}", "Heads" },
        { "\"timm_model_kwargs\": {\"num_heads\": 0}", "Heads" },
        { "\"timm_model_kwargs\": {\"mlp_ratio\": 1e300}", "mlp_ratio" },
        { "\"timm_model_kwargs\": {\"mlp_ratio\": -4}", "mlp_ratio" },
        { "\"timm_model_kwargs\": {\"patch_size\": 0}", "PatchSize" },
        { "\"timm_model_kwargs\": {\"qk_norm\": true}", "timm_model_kwargs.qk_norm" },
        { "\"timm_pool\": \"max\"", "timm_pool" },
        { "\"timm_proj\": \"conv\"", "timm_proj" },
        { "\"timm_proj\": \"none\"", "EmbeddingSize" },
        { "\"patch_dropout\": 0.5", "patch_dropout" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Read_HostileSetting_IsRefusedByName(string setting, string place)
    {
        foreach (var (name, pool) in (ReadOnlySpan<(string, string)>)[("vit_base_patch16_224", "token"), ("vit_pe_core_base_patch16_224", "map"), ("eva02_base_patch16_clip_224", "token")])
        {
            var exception = Assert.Throws<CheckpointException>(() => ReadVision($"\"image_size\": 224, \"timm_model_name\": \"{name}\"", $"\"timm_pool\": \"{pool}\"", "\"timm_proj\": null", setting));

            Assert.Contains(_file, exception.Message, StringComparison.Ordinal);
            Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("vit_pe_core_base_patch16_224", "map", "ref_feat_shape", "[1, 2, 3]", "ref_feat_shape")]
    [InlineData("vit_pe_core_base_patch16_224", "map", "ref_feat_shape", "[0, 14]", "ReferenceGrid")]
    [InlineData("vit_pe_core_base_patch16_224", "map", "num_heads", "384", "Heads")]
    [InlineData("eva02_base_patch16_clip_224", "token", "ref_feat_shape", "[100000, 16]", "ReferenceGrid")]
    [InlineData("eva_giant_patch14_224", "token", "ref_feat_shape", "16", "timm_model_kwargs.ref_feat_shape")]
    [InlineData("vit_base_mci_224", "token", "patch_size", "32", "PatchSize")]
    public void Read_HostileSizeOfItsOwn_IsRefusedByName(string name, string pool, string setting, string value, string place)
    {
        var exception = Assert.Throws<CheckpointException>(() => ReadVision(
            $"\"image_size\": 224, \"timm_model_name\": \"{name}\"", $"\"timm_pool\": \"{pool}\"", "\"timm_proj\": null",
            $"\"timm_model_kwargs\": {{\"{setting}\": {value}}}"));

        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    // What open_clip makes of a pooling depends on who projects: timm's own classifier, or a head of open_clip's.
    [Theory]
    [InlineData("vit_base_patch16_224", "token", null, ImagePooling.ClassToken, false)]
    [InlineData("vit_base_patch16_224", "", "linear", ImagePooling.ClassToken, false)]
    [InlineData("vit_base_patch16_224", "avg", "linear", ImagePooling.Average, false)]
    [InlineData("vit_base_patch16_224", "avg", null, ImagePooling.Average, true)]
    [InlineData("vit_medium_patch16_gap_256", "", "linear", ImagePooling.Average, false)]
    [InlineData("vit_medium_patch16_gap_256", "avg", null, ImagePooling.Average, false)]
    public void Read_Pooling_IsOpenClips(string name, string pool, string? projection, ImagePooling pooling, bool normAfterPooling)
    {
        var image = Assert.IsType<TimmVitConfig>(Read(name, 64, pool, projection, 512, TextOf(512, 8, 2), Small).Image);

        Assert.Equal((pooling, normAfterPooling), (image.Pooling, image.NormAfterPooling));
    }

    [Fact]
    public void Read_SigLipAtOtherSizes_TakesThem()
    {
        var config = ReadVision(
            "\"image_size\": 64, \"timm_model_name\": \"vit_so400m_patch14_siglip_224\"", "\"timm_pool\": \"map\"", "\"timm_proj\": \"none\"",
            "\"timm_model_kwargs\": {\"embed_dim\": 512, \"depth\": 2, \"num_heads\": 4, \"patch_size\": 16}");

        var image = Assert.IsType<SigLipVisionConfig>(config.Image);
        Assert.Equal((16, 512, 2, 4, 1912), (image.PatchSize, image.Transformer.Width, image.Transformer.Layers, image.Transformer.Heads, image.Transformer.MlpWidth));
    }

    private static string TextOf(int width, int heads, int layers) =>
        $"\"text_cfg\": {{\"context_length\": 77, \"vocab_size\": 49408, \"width\": {width}, \"heads\": {heads}, \"layers\": {layers}}}";

    private DualEncoderConfig Read(string name, int resolution, string pool, string? projection, int embeddingSize, string text, string? sizes = null)
    {
        var projected = projection is null ? "null" : $"\"{projection}\"";
        var arguments = sizes is null ? "" : $", \"timm_model_kwargs\": {{{sizes}}}";
        return Read($$"""
            {"embed_dim": {{embeddingSize}}, {{text}}, "vision_cfg": {"image_size": {{resolution}}, "timm_model_name": "{{name}}",
             "timm_model_pretrained": false, "timm_pool": "{{pool}}", "timm_proj": {{projected}} {{arguments}} } }
            """);
    }

    // A setting replaces the usual one of its name.
    private DualEncoderConfig ReadVision(string start, string pool, string projection, string setting)
    {
        string[] usual = [pool, projection];
        var kept = usual.Where(other => other.Split(':')[0] != setting.Split(':')[0]);
        return Read($$"""{"embed_dim": 512, {{TextOf(512, 8, 2)}}, "vision_cfg": { {{string.Join(", ", [start, .. kept, setting])}} } }""");
    }

    private DualEncoderConfig Read(string json)
    {
        File.WriteAllText(_file, json);
        return DualEncoderConfig.Read(_file);
    }
}
