namespace Clip.Models;

/// <summary>config.json of the Hugging Face classes that join two towers, such as CLIPModel and SiglipModel.</summary>
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
    private static readonly string[] MustBeOff = ["attention_dropout", "dropout"];

    private const string ImageTowerAlone = "_vision_model", TextTowerAlone = "_text_model";

    /// <summary>Reads one tower or both.</summary>
    public static ModelParts ReadParts(ConfigSection root, bool ignoreUnknown)
    {
        var kind = root.Text("model_type") ?? "";
        var alone = TowerFamilies.HuggingFace.Where(model => model.HasHalves).ToArray();
        if (Array.Find(alone, model => model.ModelType + ImageTowerAlone == kind) is { } ofImage)
        {
            var image = ofImage.ReadImage(new OverriddenSection(root, "", root, null));
            return ReadAlone(new ModelParts(image, null, ofImage.ReadEmbeddingSize(root, image.FeatureSize), ofImage.Projections?.Image));
        }
        if (Array.Find(alone, model => model.ModelType + TextTowerAlone == kind) is { } ofText)
        {
            var text = ReadText(root, ofText, new OverriddenSection(root, "", root, null));
            return ReadAlone(new ModelParts(null, text, ofText.ReadEmbeddingSize(root, text.FeatureSize), ofText.Projections?.Text));
        }
        return ModelParts.Of(Read(root, ignoreUnknown));

        ModelParts ReadAlone(ModelParts parts)
        {
            root.Ignore("projection_dim", "projection_size");
            Check(root, ignoreUnknown);
            return parts;
        }
    }

    public static DualEncoderConfig Read(ConfigSection root, bool ignoreUnknown)
    {
        var kind = root.Text("model_type");
        RefuseHalf(root, kind);
        var model = TowerFamilies.HuggingFace.FirstOrDefault(model => model.ModelType == kind)
            ?? throw root.Error("model_type", $"'{kind}' is not supported; {Names} are");
        var text = Merge(root, "text_config");
        var vision = Merge(root, "vision_config");

        var image = model.ReadImage(vision);
        var texts = ReadText(root, model, text);
        var config = model.Join(root, text, image, texts);
        foreach (var section in (ConfigSection[])[root, .. text.Sections, .. vision.Sections])
            Check(section, ignoreUnknown);
        return config;
    }

    private static TextTowerConfig ReadText(ConfigSection root, HuggingFaceModel model, OverriddenSection text) =>
        TowerFamilies.Texts.Select(family => family.TryReadHuggingFace(model.ModelType, text)).FirstOrDefault(config => config is not null)
        ?? throw root.Error("model_type", $"there is no text tower for '{model.ModelType}'");

    private static void RefuseHalf(ConfigSection root, string? kind)
    {
        foreach (var model in TowerFamilies.HuggingFace.Where(model => model.HasHalves))
        {
            if (kind == model.ModelType + ImageTowerAlone)
                throw root.Error("model_type", $"'{kind}' is an image tower alone, which {nameof(ImageTower)}.{nameof(ImageTower.Load)} reads");
            if (kind == model.ModelType + TextTowerAlone)
                throw root.Error("model_type", $"'{kind}' is a text tower alone, which {nameof(TextTower)}.{nameof(TextTower.Load)} reads");
        }
    }

    private static string Names
    {
        get
        {
            var names = TowerFamilies.HuggingFace.Select(model => $"'{model.ModelType}'").Order(StringComparer.Ordinal).ToArray();
            return $"{string.Join(", ", names[..^1])} and {names[^1]}";
        }
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
            throw section.Error("num_channels", "images have three channels");
        if (section.Section("pruned_heads") is { } pruned)
            pruned.RefuseUnknown();
        if (!ignoreUnknown)
            section.RefuseUnknown();
    }
}
