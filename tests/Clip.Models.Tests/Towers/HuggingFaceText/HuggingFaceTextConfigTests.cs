using Clip.Checkpoints;

namespace Clip.Models.Tests.Text;

public sealed class HuggingFaceTextConfigTests : IDisposable
{
    private const string ViTB32 = """{"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}""";
    private const string ViTH14 = """{"image_size": 224, "layers": 32, "width": 1280, "head_width": 80, "patch_size": 14}""";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    // The totals, in millions, that open_clip publishes for its configs (model_profile.csv); the last two are rounded to one digit less.
    [Theory]
    [InlineData(366.12, 512, ViTB32, """{"hf_model_name": "xlm-roberta-base", "hf_tokenizer_name": "xlm-roberta-base", "hf_pooler_type": "mean_pooler"}""")]
    [InlineData(1193.01, 1024, ViTH14, """{"hf_model_name": "xlm-roberta-large", "hf_tokenizer_name": "xlm-roberta-large", "hf_pooler_type": "mean_pooler"}""")]
    [InlineData(212.72, 512, ViTB32, """{"hf_model_name": "roberta-base", "hf_tokenizer_name": "roberta-base", "hf_pooler_type": "mean_pooler"}""")]
    [InlineData(501.89, 512, ViTB32, """{"hf_model_name": "facebook/nllb-200-distilled-600M", "hf_proj_type": "linear", "hf_pooler_type": "cls_pooler"}""")]
    [InlineData(1399.22, 1024, ViTH14, """{"hf_model_name": "facebook/nllb-200-distilled-1.3B", "hf_proj_type": "linear", "hf_pooler_type": "cls_pooler"}""")]
    [InlineData(365.71, 512, ViTB32, """{"hf_model_name": "google/mt5-base", "hf_tokenizer_name": "google/mt5-base", "hf_pooler_type": "mean_pooler"}""")]
    [InlineData(2306.75, 1024, ViTH14, """{"hf_model_name": "google/mt5-xl", "hf_tokenizer_name": "google/mt5-xl", "hf_pooler_type": "mean_pooler"}""")]
    [InlineData(507.47, 768, """{"image_size": 384, "timm_model_name": "vit_base_patch16_siglip_384", "timm_pool": "map", "timm_proj": "none"}""", """{"hf_model_name": "facebook/nllb-200-distilled-600M", "hf_proj_type": "linear", "hf_pooler_type": "cls_pooler"}""")]
    [InlineData(1195.5, 1152, """{"image_size": 384, "timm_model_name": "vit_so400m_patch14_siglip_384", "timm_pool": "map", "timm_proj": "none"}""", """{"hf_model_name": "facebook/nllb-200-distilled-1.3B", "hf_proj_type": "linear", "hf_pooler_type": "cls_pooler"}""")]
    public void Read_OpenClipConfig_HasThePublishedSize(double millions, int embedding, string vision, string text)
    {
        var config = Read($$"""{"embed_dim": {{embedding}}, "vision_cfg": {{vision}}, "text_cfg": {{text}}}""");

        Assert.Equal(millions, Outline.ParameterCount(config) / 1e6, 0.006);
    }

    [Theory]
    [InlineData("""{"hf_model_name": "gpt2"}""", "text_cfg.hf_model_name")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_pooler_type": "attention_pooler"}""", "text_cfg.hf_pooler_type")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_proj_type": "clap_mlp"}""", "text_cfg.hf_proj_type")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_proj_type": null}""", "EmbeddingSize")]
    [InlineData("""{"hf_model_name": "roberta-base", "context_length": 513}""", "ContextLength")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"hidden_size": 1073741824}}""", "Encoder.Transformer.Width")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"num_attention_heads": 7}}""", "Encoder.Transformer.Heads")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"pad_token_id": 50265}}""", "Encoder.PaddingId")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"max_position_embeddings": 99999999}}""", "Encoder.Positions")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"model_type": "mt5"}}""", "text_cfg.hf_model_config")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"rotary": true}}""", "text_cfg.hf_model_config.rotary")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"hidden_act": "silu"}}""", "text_cfg.hf_model_config.hidden_act")]
    [InlineData("""{"hf_model_name": "roberta-base", "hf_model_config": {"position_embedding_type": "relative_key"}}""", "text_cfg.hf_model_config.position_embedding_type")]
    [InlineData("""{"hf_model_name": "google/mt5-base", "hf_model_config": {"num_layers": 2000000}}""", "Encoder.Blocks")]
    [InlineData("""{"hf_model_name": "google/mt5-base", "hf_model_config": {"relative_attention_num_buckets": 2}}""", "Encoder.DistanceBuckets")]
    [InlineData("""{"hf_model_name": "google/mt5-base", "hf_model_config": {"relative_attention_max_distance": 3}}""", "Encoder.FarthestDistance")]
    [InlineData("""{"hf_model_name": "google/mt5-base", "hf_model_config": {"feed_forward_proj": "relu"}}""", "text_cfg.hf_model_config.feed_forward_proj")]
    [InlineData("""{"hf_model_name": "facebook/nllb-200-distilled-600M", "hf_model_config": {"encoder_layers": -1}}""", "Encoder.Transformer.Layers")]
    [InlineData("""{"hf_model_name": "answerdotai/ModernBERT-base", "hf_model_config": {"norm_bias": true}}""", "text_cfg.hf_model_config.norm_bias")]
    [InlineData("""{"hf_model_name": "answerdotai/ModernBERT-base", "hf_model_config": {"hidden_size": 84}}""", "Encoder.Transformer.Heads")]
    [InlineData("""{"hf_model_name": "answerdotai/ModernBERT-base", "hf_model_config": {"local_attention": 0}}""", "Encoder.LocalWindow")]
    [InlineData("""{"hf_model_name": "answerdotai/ModernBERT-base", "hf_model_config": {"global_attn_every_n_layers": 0}}""", "Encoder.GlobalInterval")]
    [InlineData("""{"hf_model_name": "answerdotai/ModernBERT-base", "hf_model_config": {"local_rope_theta": 0.5}}""", "Encoder.LocalRotaryBase")]
    public void Read_WrongSetting_NamesIt(string text, string place)
    {
        var exception = Assert.Throws<CheckpointException>(() => Read($$"""{"embed_dim": 512, "vision_cfg": {{ViTB32}}, "text_cfg": {{text}}}"""));

        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
        Assert.Contains(_file, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bert-base-uncased", HuggingFaceTextPooling.First)]
    [InlineData("facebook/nllb-200-distilled-600M", HuggingFaceTextPooling.First)]
    [InlineData("roberta-base", HuggingFaceTextPooling.Mean)]
    public void Read_PoolerOfNull_IsTheArchitectures(string name, HuggingFaceTextPooling expected)
    {
        var config = Read($$"""{"embed_dim": 512, "vision_cfg": {{ViTB32}}, "text_cfg": {"hf_model_name": "{{name}}", "hf_pooler_type": null} }""");

        Assert.Equal(expected, ((HuggingFaceTextConfig)config.Text).Pooling);
    }

    [Fact]
    public void Read_UnknownNameWithItsType_TakesTheSizesStated()
    {
        var config = Read($$"""{"embed_dim": 512, "vision_cfg": {{ViTB32}}, "text_cfg": {"hf_model_name": "me/mine", "hf_model_config": {"model_type": "bert", "hidden_size": 96, "num_attention_heads": 3} } }""");

        var encoder = (BertTextConfig)((HuggingFaceTextConfig)config.Text).Encoder;
        Assert.Equal((96, 3, 512), (encoder.Width, encoder.Transformer.Heads, encoder.Positions));
    }

    [Fact]
    public void Read_MetaClip2_PoolsTheFirstEndTokenWhateverItsId()
    {
        const string Sections = """ "projection_dim": 64, "text_config": {"hidden_size": 64, "num_attention_heads": 1, "eos_token_id": 2}, "vision_config": {"image_size": 64} """;

        var metaClip2 = (ClipTextConfig)Read($$"""{"model_type": "metaclip_2", {{Sections}}}""").Text;
        var clip = (ClipTextConfig)Read($$"""{"model_type": "clip", {{Sections}}}""").Text;

        Assert.Equal((TextPooling.FirstEndToken, 2), (metaClip2.Pooling, metaClip2.EndTokenId));
        Assert.Equal(TextPooling.HighestId, clip.Pooling);
    }

    [Fact]
    public void Read_OpenClipWorldwide_PoolsTheFirstEndToken()
    {
        var config = Read($$"""{"embed_dim": 1024, "vision_cfg": {{ViTH14}}, "text_cfg": {"hf_tokenizer_name": "facebook/xlm-v-base", "pool_type": "eos", "eos_id": 2, "context_length": 77, "vocab_size": 901629, "width": 1024, "heads": 16, "layers": 24} }""");

        var text = (ClipTextConfig)config.Text;
        Assert.Equal((TextPooling.FirstEndToken, 2), (text.Pooling, text.EndTokenId));
    }

    private DualEncoderConfig Read(string json)
    {
        File.WriteAllText(_file, json);
        return DualEncoderConfig.Read(_file);
    }
}
