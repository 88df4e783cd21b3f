namespace Clip.Models.Tests.Configuration;

/// <summary>Sizes read from config files against the parameter counts, in millions, that open_clip publishes for them (model_profile.csv).</summary>
public sealed class PublishedSizesTests : IDisposable
{
    private readonly string _file = System.IO.Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(986.11, """{"embed_dim": 1024, "vision_cfg": {"image_size": 224, "layers": 32, "width": 1280, "head_width": 80, "patch_size": 14}, "text_cfg": {"width": 1024, "heads": 16, "layers": 24}}""")]
    [InlineData(2539.57, """{"embed_dim": 1280, "vision_cfg": {"image_size": 224, "layers": 48, "width": 1664, "head_width": 104, "mlp_ratio": 4.9231, "patch_size": 14}, "text_cfg": {"width": 1280, "heads": 20, "layers": 32}}""")]
    [InlineData(102.01, """{"embed_dim": 1024, "vision_cfg": {"image_size": 224, "layers": [3, 4, 6, 3], "width": 64, "patch_size": null}, "text_cfg": {"width": 512, "heads": 8, "layers": 12}}""")]
    [InlineData(203.16, """{"embed_dim": 768, "init_logit_bias": -10, "custom_text": true, "vision_cfg": {"image_size": 224, "timm_model_name": "vit_base_patch16_siglip_224", "timm_pool": "map", "timm_proj": "none"}, "text_cfg": {"context_length": 64, "vocab_size": 32000, "width": 768, "heads": 12, "layers": 12, "no_causal_mask": true, "proj_bias": true, "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}}""")]
    public void Read_OpenClipConfig_HasThePublishedSize(double millions, string json)
    {
        File.WriteAllText(_file, json);

        Assert.Equal(millions, Outline.ParameterCount(DualEncoderConfig.Read(_file)) / 1e6, 0.005);
    }
}
