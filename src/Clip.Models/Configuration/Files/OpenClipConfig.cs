namespace Clip.Models;

/// <summary>open_clip's model configs: model_cfg of open_clip_config.json, or such an object alone.</summary>
/// <remarks>Names and defaults are those of open_clip's CLIPVisionCfg and CLIPTextCfg (mlfoundations/open_clip, model.py).</remarks>
internal static class OpenClipConfig
{
    private static readonly string[] BlockVariants =
        ["qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc"];

    private static readonly string[] TokenizerSettings =
        ["hf_tokenizer_name", "tokenizer_mode", "tokenizer_kwargs", "tokenizer_type", "tiktoken_name", "bos_id"];

    public static DualEncoderConfig Read(ConfigSection file, bool ignoreUnknown)
    {
        var model = file.Section("model_cfg");
        if (model is not null)
        {
            file.Ignore("preprocess_cfg");
            Refuse(file, ignoreUnknown);
        }
        model ??= file;

        var quickGelu = model.Flag("quick_gelu");
        var embeddingSize = model.Integer("embed_dim");
        var vision = model.Section("vision_cfg") ?? throw model.Error("vision_cfg", "it is missing");
        var text = model.Section("text_cfg") ?? throw model.Error("text_cfg", "it is missing");
        if (model.Has("multimodal_cfg"))
            throw model.Error("multimodal_cfg", "text decoders are not supported");
        model.Ignore("custom_text", "output_dict", "nonscalar_logit_scale");

        var config = new DualEncoderConfig
        {
            EmbeddingSize = embeddingSize,
            Image = ReadImage(vision, quickGelu, embeddingSize),
            Text = ReadText(text, quickGelu),
            InitialLogitBias = model.OptionalNumber("init_logit_bias"),
            InitialLogitScale = model.Number("init_logit_scale", Math.Log(1 / 0.07)),
        };
        foreach (var section in (ConfigSection[])[model, vision, text])
            Refuse(section, ignoreUnknown);
        return config;
    }

    private static void Refuse(ConfigSection section, bool ignoreUnknown)
    {
        if (!ignoreUnknown)
            section.RefuseUnknown();
    }

    private static ImageTowerConfig ReadImage(ConfigSection vision, bool quickGelu, int embeddingSize)
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
            throw vision.Error("in_chans", "pictures have three channels");
        if (vision.Text("timm_model_name") is { } timmName)
            return TimmSigLipConfig.Read(vision, timmName, resolution);

        vision.Ignore("timm_pool", "timm_proj", "timm_proj_bias", "timm_model_kwargs");
        return vision.IntegerOrList("layers") is { Count: > 1 } blocks
            ? ReadResNet(vision, resolution, blocks)
            : ReadVisionTransformer(vision, resolution, quickGelu);
    }

    private static ModifiedResNetConfig ReadResNet(ConfigSection vision, ImageSize resolution, IReadOnlyList<int> blocks)
    {
        var width = vision.Integer("width", 768);
        vision.Ignore("patch_size", "mlp_ratio");
        return new ModifiedResNetConfig
        {
            Resolution = resolution,
            Blocks = [.. blocks],
            Width = width,
            Heads = Divide(vision, 32 * width, "head_width"),
        };
    }

    private static VisionTransformerConfig ReadVisionTransformer(ConfigSection vision, ImageSize resolution, bool quickGelu)
    {
        var width = vision.Integer("width", 768);
        var pooler = ReadPooler(vision);      // in any case, so that its settings count as known
        return new VisionTransformerConfig
        {
            Resolution = resolution,
            PatchSize = vision.Integer("patch_size", 16),
            Transformer = ReadTransformer(vision, width, Divide(vision, width, "head_width"), quickGelu),
            NormBeforeBlocks = !vision.Flag("no_ln_pre"),
            NormAfterPooling = vision.Flag("final_ln_after_pool"),
            PatchDropout = vision.Number("patch_dropout", 0),
            AttentionalPooler = vision.Flag("attentional_pool") ? pooler : null,
            Pooling = vision.Text("pool_type") switch
            {
                null or "tok" => ImagePooling.ClassToken,
                "avg" => ImagePooling.Average,
                var other => throw vision.Error("pool_type", $"'{other}' is not supported; 'tok' and 'avg' are"),
            },
            PositionEmbedding = vision.Text("pos_embed_type") switch
            {
                null or "learnable" => PositionEmbedding.Learned,
                "sin_cos_2d" => PositionEmbedding.SinCos2D,
                var other => throw vision.Error("pos_embed_type", $"'{other}' is not supported; 'learnable' and 'sin_cos_2d' are"),
            },
        };
    }

    private static AttentionalPoolerConfig ReadPooler(ConfigSection vision) => new()
    {
        Queries = vision.Integer("attn_pooler_queries", 256),
        Heads = vision.Integer("attn_pooler_heads", 8),
    };

    private static TextTowerConfig ReadText(ConfigSection text, bool quickGelu)
    {
        text.Ignore(TokenizerSettings);
        text.Ignore("output_tokens");
        text.RequireOff("final_ln_after_pool", "variable_text");
        if (text.Text("hf_model_name") is { } name)
            throw text.Error("hf_model_name", $"the text tower '{name}' is not supported; open_clip's own is");
        if (text.Text("text_arch") is { } kind and not "clip")
            throw text.Error("text_arch", $"'{kind}' is not supported; 'clip' is");

        var width = text.Integer("width", 512);
        var hasProjection = text.Text("proj_type") switch
        {
            null or "linear" => true,
            "none" => false,
            var other => throw text.Error("proj_type", $"'{other}' is not supported; 'linear' and 'none' are"),
        };
        var hasBias = text.Flag("proj_bias");
        return new TextTowerConfig
        {
            ContextLength = text.Integer("context_length", 77),
            VocabularySize = text.Integer("vocab_size", 49_408),
            Transformer = ReadTransformer(text, width, text.Integer("heads", 8), quickGelu),
            Causal = !text.Flag("no_causal_mask"),
            ClassToken = text.Flag("embed_cls"),
            PaddingId = text.Integer("pad_id", 0),
            EndTokenId = text.OptionalInteger("eos_id"),
            Projection = !hasProjection ? TextProjection.None : hasBias ? TextProjection.Linear : TextProjection.Matrix,
            Pooling = text.Text("pool_type") switch
            {
                null or "argmax" => TextPooling.HighestId,
                "eos" => TextPooling.FirstEndToken,
                "first" => TextPooling.First,
                "last" => TextPooling.Last,
                var other => throw text.Error("pool_type", $"'{other}' is not supported; 'argmax', 'eos', 'first' and 'last' are"),
            },
        };
    }

    private static TransformerConfig ReadTransformer(ConfigSection section, int width, int heads, bool quickGelu)
    {
        section.RequireOff(BlockVariants);
        if (section.Text("block_type") is { } block and not "default")
            throw section.Error("block_type", $"'{block}' is not supported; 'default' is");

        var norm = section.Section("norm_kwargs");
        var epsilon = norm?.Number("eps", 1e-5) ?? 1e-5;
        norm?.RefuseUnknown();

        // Rounded as open_clip does: int(width * mlp_ratio).
        var perceptronWidth = width * section.Number("mlp_ratio", 4);
        if (perceptronWidth is not (>= 1 and <= int.MaxValue))
            throw section.Error("mlp_ratio", $"a width of {width} gives {perceptronWidth} hidden channels");

        return new TransformerConfig
        {
            Width = width,
            Layers = section.Integer("layers", 12),
            Heads = heads,
            PerceptronWidth = (int)perceptronWidth,
            Activation = ReadActivation(section, quickGelu),
            NormEpsilon = epsilon,
            LayerScale = section.OptionalNumber("ls_init_value"),
        };
    }

    private static Activation ReadActivation(ConfigSection section, bool quickGelu)
    {
        if (section.Section("act_kwargs") is not { } arguments)
            return quickGelu ? Activation.QuickGelu : Activation.Gelu;

        var approximate = arguments.Text("approximate");
        arguments.RefuseUnknown();
        return (quickGelu, approximate) switch
        {
            (false, "tanh") => Activation.GeluTanh,
            (false, null or "none") => Activation.Gelu,
            (true, null) => Activation.QuickGelu,
            _ => throw section.Error("act_kwargs", $"approximate '{approximate}' is not supported{(quickGelu ? " with quick_gelu" : "")}"),
        };
    }

    private static int Divide(ConfigSection section, int channels, string divisor)
    {
        var width = section.Integer(divisor, DualEncoderConfig.HeadWidth);
        return width > 0 && channels % width == 0
            ? channels / width
            : throw section.Error(divisor, $"{channels} channels do not divide into heads of {width}");
    }
}
