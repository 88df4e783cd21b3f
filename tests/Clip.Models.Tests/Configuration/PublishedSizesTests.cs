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
    [InlineData(92.3, """{"embed_dim": 1024, "vision_cfg": {"timm_model_name": "convnext_tiny", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}""")]
    [InlineData(113.28, """{"embed_dim": 512, "vision_cfg": {"timm_model_name": "convnext_small", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}""")]
    [InlineData(151.52, """{"embed_dim": 512, "vision_cfg": {"timm_model_name": "convnext_base", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}""")]
    [InlineData(179.39, """{"embed_dim": 640, "vision_cfg": {"timm_model_name": "convnext_base", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 256}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 640, "heads": 10, "layers": 12}}""")]
    [InlineData(321.06, """{"embed_dim": 768, "vision_cfg": {"timm_model_name": "convnext_large", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 768, "heads": 12, "layers": 12}}""")]
    [InlineData(351.77, """{"embed_dim": 768, "vision_cfg": {"timm_model_name": "convnext_large", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "mlp", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 256}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 768, "heads": 12, "layers": 16}}""")]
    [InlineData(653.89, """{"embed_dim": 1024, "vision_cfg": {"timm_model_name": "convnext_xlarge", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 256}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 20}}""")]
    [InlineData(1200.58, """{"embed_dim": 1024, "vision_cfg": {"timm_model_name": "convnext_xxlarge", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 256}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24}}""")]
    public void Read_OpenClipConfig_HasThePublishedSize(double millions, string json)
    {
        File.WriteAllText(_file, json);

        Assert.Equal(millions, Outline.ParameterCount(DualEncoderConfig.Read(_file)) / 1e6, 0.005);
    }

    // Millions of the two towers, as the models' authors publish them (ViTamin's README, "#Params" of image and text).
    [Theory]
    [InlineData(22.0, 40.4, """{"embed_dim": 384, "custom_text": true, "vision_cfg": {"timm_model_name": "vitamin_small_224", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 384, "heads": 6, "layers": 12}}""")]
    [InlineData(87.5, 63.4, """{"embed_dim": 512, "custom_text": true, "vision_cfg": {"timm_model_name": "vitamin_base_224", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}""")]
    [InlineData(333.3, 123.7, """{"embed_dim": 768, "custom_text": true, "vision_cfg": {"timm_model_name": "vitamin_large_224", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 768, "heads": 12, "layers": 12}}""")]
    [InlineData(333.6, 354.0, """{"embed_dim": 1024, "custom_text": true, "vision_cfg": {"timm_model_name": "vitamin_large2_224", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 224}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24}}""")]
    [InlineData(436.1, 488.7, """{"embed_dim": 1152, "custom_text": true, "vision_cfg": {"timm_model_name": "vitamin_xlarge_256", "timm_model_pretrained": false, "timm_pool": "", "timm_proj": "linear", "timm_drop": 0.0, "timm_drop_path": 0.1, "image_size": 256}, "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1152, "heads": 16, "layers": 27}}""")]
    public void Read_ViTaminConfig_HasThePublishedSizes(double images, double texts, string json)
    {
        File.WriteAllText(_file, json);
        using var scope = NewDisposeScope();
        using var network = new DualEncoder(DualEncoderConfig.Read(_file), new WeightFactory(ScalarType.Float32, META));

        Assert.Equal(images, network.Image.parameters().Sum(parameter => parameter.numel()) / 1e6, 0.05);
        Assert.Equal(texts, network.Text.parameters().Sum(parameter => parameter.numel()) / 1e6, 0.05);
    }
}
