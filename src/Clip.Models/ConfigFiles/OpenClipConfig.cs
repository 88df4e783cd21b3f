namespace Clip.Models;

/// <summary>open_clip's model configs: model_cfg of open_clip_config.json, or such an object alone.</summary>
/// <remarks>Names and defaults are those of open_clip's CLIPVisionCfg and CLIPTextCfg (mlfoundations/open_clip, model.py).</remarks>
internal static class OpenClipConfig
{
    public static DualEncoderConfig Read(ConfigSection file, bool ignoreUnknown)
    {
        var model = file.Section("model_cfg");
        if (model is not null)
        {
            file.Ignore("preprocess_cfg");
            Refuse(file, ignoreUnknown);
        }
        model ??= file;
        RefuseOtherModels(model);

        var quickGelu = model.Flag("quick_gelu");
        var embeddingSize = model.Integer("embed_dim");
        var vision = model.Section("vision_cfg") ?? throw model.Error("vision_cfg", "it is missing");
        var text = model.Section("text_cfg") ?? throw model.Error("text_cfg", "it is missing");
        var decoder = model.Section("multimodal_cfg");
        model.Ignore("custom_text", "output_dict", "nonscalar_logit_scale");

        var texts = ReadText(text, quickGelu);
        var config = new DualEncoderConfig
        {
            EmbeddingSize = embeddingSize,
            Image = ReadImage(vision, quickGelu),
            Text = texts,
            CaptionDecoder = decoder is null ? null : CaptionDecoderInOpenClip.Read(decoder, text, texts.VocabularySize, quickGelu),
            InitialLogitBias = model.OptionalNumber("init_logit_bias"),
            InitialLogitScale = model.Number("init_logit_scale", Math.Log(1 / 0.07)),
        };
        foreach (var section in new[] { model, vision, text, decoder }.OfType<ConfigSection>())
            Refuse(section, ignoreUnknown);
        return config;
    }

    // open_clip has configs of models that embed no images beside texts.
    private static void RefuseOtherModels(ConfigSection model)
    {
        foreach (var audio in (string[])["audio_cfg", "audio_naflex_cfg"])
        {
            if (model.Has(audio))
                throw model.Error(audio, "models of audio are not supported");
        }
        if (model.Has("genlip_cfg"))
            throw model.Error("genlip_cfg", "models that write texts and embed nothing are not supported");
    }

    private static void Refuse(ConfigSection section, bool ignoreUnknown)
    {
        if (!ignoreUnknown)
            section.RefuseUnknown();
    }

    private static ImageTowerConfig ReadImage(ConfigSection vision, bool quickGelu)
    {
        var resolution = vision.IntegerOrList("image_size") switch
        {
            null => 224,
            [var side] => side,
            [var height, var width] => new ImageSize(height, width),
            _ => throw vision.Error("image_size", "it must be one number or height and width"),
        };
        vision.Ignore("output_tokens", "timm_drop", "timm_drop_path", "timm_model_pretrained");
        if (vision.Integer("in_chans", 3) != 3)
            throw vision.Error("in_chans", "images have three channels");
        foreach (var family in TowerFamilies.Images)
        {
            if (family.TryReadOpenClip(vision, resolution, quickGelu) is { } config)
                return config;
        }
        throw vision.Text("timm_model_name") is { } name
            ? vision.Error("timm_model_name", $"the image tower '{name}' is not supported")
            : vision.Error("layers", "there is no such image tower");
    }

    private static TextTowerConfig ReadText(ConfigSection text, bool quickGelu)
    {
        foreach (var family in TowerFamilies.Texts)
        {
            if (family.TryReadOpenClip(text, quickGelu) is { } config)
                return config with { Tokenizer = OpenClipTokenizer.Read(text, config.VocabularySize) };
        }
        throw text.Error("text_arch", $"'{text.Text("text_arch")}' is not supported; 'clip' and 'modern' are");
    }
}
