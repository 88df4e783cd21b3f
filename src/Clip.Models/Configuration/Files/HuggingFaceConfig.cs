namespace Clip.Models;

/// <summary>config.json of the Hugging Face classes CLIPModel and SiglipModel.</summary>
/// <remarks>Names and defaults are those of transformers' CLIPConfig and SiglipConfig; files often hold only what differs.</remarks>
internal static class HuggingFaceConfig
{
    // What every transformers config may hold and no CLIP computation depends on.
    private static readonly string[] Unrelated =
    [
        "_name_or_path", "_commit_hash", "_attn_implementation", "_attn_implementation_autoset", "_attn_implementation_internal",
        "architectures", "transformers_version", "dtype", "torch_dtype", "torchscript", "use_bfloat16", "model_type", "task_specific_params",
        "problem_type", "id2label", "label2id", "tokenizer_class", "prefix", "name_or_path", "return_dict",
        "initializer_factor", "initializer_range", "tf_legacy_loss", "tie_encoder_decoder", "tie_word_embeddings",
        "output_attentions", "output_hidden_states", "use_cache", "gradient_checkpointing", "chunk_size_feed_forward",
        "is_decoder", "is_encoder_decoder", "add_cross_attention", "cross_attention_hidden_size", "decoder_start_token_id",
        "bos_token_id", "pad_token_id", "sep_token_id", "bad_words_ids", "begin_suppress_tokens", "suppress_tokens",
        "diversity_penalty", "do_sample", "early_stopping", "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty",
        "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "length_penalty", "max_length", "min_length",
        "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences", "output_scores",
        "remove_invalid_values", "repetition_penalty", "return_dict_in_generate", "temperature", "top_k", "top_p", "typical_p",
        "projection_dim", "vision_config_dict", "text_config_dict", "auto_map", "custom_pipelines",
    ];

    // Whatever stands here must be off: dropout would act in training, pruned heads and the others change the network.
    private static readonly string[] MustBeOff = ["attention_dropout", "dropout", "hidden_dropout_prob"];

    public static DualEncoderConfig Read(ConfigSection root, bool ignoreUnknown)
    {
        var kind = root.Text("model_type");
        var isSigLip = kind switch
        {
            "clip" => false,
            "siglip" => true,
            _ => throw root.Error("model_type", $"'{kind}' is not supported; 'clip' and 'siglip' are"),
        };
        var text = Merge(root, "text_config");
        var vision = Merge(root, "vision_config");

        var config = isSigLip ? ReadSigLip(text, vision) : ReadClip(root, text, vision);
        foreach (var section in (ConfigSection[])[root, .. text.Sections, .. vision.Sections])
            Check(section, ignoreUnknown);
        return config;
    }

    private static DualEncoderConfig ReadClip(ConfigSection root, OverriddenSection text, OverriddenSection vision)
    {
        var end = text.Integer("eos_token_id", 49_407);
        return new DualEncoderConfig
        {
            EmbeddingSize = root.Integer("projection_dim", 512),
            InitialLogitScale = root.Number("logit_scale_init_value", 2.6592),
            Image = new VisionTransformerConfig
            {
                Resolution = vision.Integer("image_size", 224),
                PatchSize = vision.Integer("patch_size", 32),
                Transformer = ReadTransformer(vision, width: 768, heads: 12, "quick_gelu", epsilon: 1e-5),
            },
            Text = new TextTowerConfig
            {
                ContextLength = text.Integer("max_position_embeddings", 77),
                VocabularySize = text.Integer("vocab_size", 49_408),
                Transformer = ReadTransformer(text, width: 512, heads: 8, "quick_gelu", epsilon: 1e-5),
                // Older files say 2 whatever the vocabulary; transformers pools these at the highest id.
                Pooling = end == 2 ? TextPooling.HighestId : TextPooling.FirstEndToken,
                EndTokenId = end == 2 ? null : end,
            },
        };
    }

    private static DualEncoderConfig ReadSigLip(OverriddenSection text, OverriddenSection vision)
    {
        text.Integer("eos_token_id", 0);
        if (!vision.Flag("vision_use_head", true))
            throw vision.Error("vision_use_head", "a SigLIP image tower without its pooling head is not supported");
        var image = new SigLipVisionConfig
        {
            Resolution = vision.Integer("image_size", 224),
            PatchSize = vision.Integer("patch_size", 16),
            Transformer = ReadTransformer(vision, width: 768, heads: 12, "gelu_pytorch_tanh", epsilon: 1e-6),
        };
        var transformer = ReadTransformer(text, width: 768, heads: 12, "gelu_pytorch_tanh", epsilon: 1e-6);
        var projection = text.Integer("projection_size", transformer.Width);
        if (projection != image.FeatureSize)
            throw text.Error("projection_size", $"texts of {projection} channels do not meet images of {image.FeatureSize}");

        return new DualEncoderConfig
        {
            EmbeddingSize = projection,
            InitialLogitScale = Math.Log(10),     // Zhai et al. 2023, section 3.2: t' = log 10, b = -10
            InitialLogitBias = -10,
            Image = image,
            Text = new TextTowerConfig
            {
                ContextLength = text.Integer("max_position_embeddings", 64),
                VocabularySize = text.Integer("vocab_size", 32_000),
                Transformer = transformer,
                Causal = false,
                Pooling = TextPooling.Last,
                Projection = TextProjection.Linear,
            },
        };
    }

    private static TransformerConfig ReadTransformer(OverriddenSection section, int width, int heads, string activation, double epsilon)
    {
        var hidden = section.Integer("hidden_size", width);
        return new TransformerConfig
        {
            Width = hidden,
            Layers = section.Integer("num_hidden_layers", 12),
            Heads = section.Integer("num_attention_heads", heads),
            PerceptronWidth = section.Integer("intermediate_size", 4 * width),
            NormEpsilon = section.Number("layer_norm_eps", epsilon),
            Activation = (section.Text("hidden_act") ?? activation) switch
            {
                "quick_gelu" => Activation.QuickGelu,
                "gelu" => Activation.Gelu,
                "gelu_pytorch_tanh" or "gelu_new" => Activation.GeluTanh,
                var other => throw section.Error("hidden_act", $"the activation '{other}' is not supported; quick_gelu, gelu and gelu_pytorch_tanh are"),
            },
        };
    }

    // Files of 2022 hold a second section, text_config_dict, which overrides the first.
    private static OverriddenSection Merge(ConfigSection root, string name) =>
        new(root, name, root.Section(name), root.Section($"{name}_dict"));

    private static void Check(ConfigSection section, bool ignoreUnknown)
    {
        section.Ignore(Unrelated);
        section.Ignore("pruned_heads");
        section.RequireOff(MustBeOff);
        if (section.OptionalInteger("num_channels") is not (null or 3))
            throw section.Error("num_channels", "pictures have three channels");
        if (section.Section("pruned_heads") is { } pruned)
            pruned.RefuseUnknown();
        if (!ignoreUnknown)
            section.RefuseUnknown();
    }
}
