using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>These text towers in text_cfg of open_clip's configs, which name an encoder and say what differs from it.</summary>
internal static class HuggingFaceTextInOpenClip
{
    private const string Name = "hf_model_name", Overrides = "hf_model_config";

    public static HuggingFaceTextConfig? TryRead(ConfigSection text)
    {
        if (text.Text(Name) is not { Length: > 0 } name)
            return null;

        // What speaks of open_clip's own text tower or of where to find initial weights.
        text.Ignore("hf_model_pretrained", "output_tokens", "vocab_size", "width", "heads", "layers", "mlp_ratio", "pad_id",
            "variable_text");
        var overrides = text.Section(Overrides);
        var type = overrides?.Text("model_type");
        var named = HuggingFaceTextModels.ByName.GetValueOrDefault(name) ?? (type is null ? null : HuggingFaceTextModels.ByType.GetValueOrDefault(type));
        if (named is null)
        {
            throw text.Error(
                Name,
                $"the sizes of the text encoder '{name}' are not known; those of {string.Join(", ", HuggingFaceTextModels.ByName.Keys)} are, and others where "
                + $"{Overrides} states them with a model_type of {string.Join(", ", HuggingFaceTextModels.ByType.Keys)}");
        }
        if (type is not null && type != named.Type)
            throw text.Error(Overrides, $"'{name}' is no {type}");

        var model = named.Encoder.Kind.Read(new OverriddenSection(text, Overrides, overrides, null), named);
        overrides?.RefuseUnknown();
        return new HuggingFaceTextConfig
        {
            ContextLength = text.Integer("context_length", 77),
            VocabularySize = model.VocabularySize,
            Encoder = model.Encoder,
            EncoderName = name,
            Pooling = ReadPooling(text, model.Type),
            Projection = ReadProjection(text),
        };
    }

    public static JsonObject Write(HuggingFaceTextConfig config)
    {
        var kind = config.Encoder.Kind;
        var name = config.EncoderName ?? kind.UsualModel(config.Encoder);
        var written = kind.Write(config.Encoder, config.VocabularySize);
        if (HuggingFaceTextModels.ByName.TryGetValue(name, out var named))
        {
            if (named.Encoder.Kind != kind || !HasSamePositions(named.Encoder, config.Encoder))
                throw Inexpressible.InOpenClip("Text.EncoderName", name);
            foreach (var (setting, value) in kind.Write(named.Encoder, named.VocabularySize))
            {
                if (JsonNode.DeepEquals(written[setting], value))
                    written.Remove(setting);
            }
        }
        else
        {
            var usual = HuggingFaceTextModels.ByName[kind.UsualModel(config.Encoder)];
            written["model_type"] = usual.Type;
        }

        var text = new JsonObject
        {
            [Name] = name,
            ["hf_model_pretrained"] = false,
            ["hf_pooler_type"] = config.Pooling switch
            {
                HuggingFaceTextPooling.Mean => "mean_pooler",
                HuggingFaceTextPooling.Max => "max_pooler",
                HuggingFaceTextPooling.Pooler => "cls_pooler",
                _ => "cls_last_hidden_state_pooler",
            },
            ["hf_proj_type"] = config.Projection switch
            {
                HuggingFaceTextProjection.Mlp => "mlp",
                HuggingFaceTextProjection.Linear => "linear",
                _ => null,
            },
            ["context_length"] = config.ContextLength,
        };
        if (written.Count > 0)
            text[Overrides] = written;
        return text;
    }

    // The config's words for sizes do not say which of the two ways to count positions is meant; the name does.
    private static bool HasSamePositions(HuggingFaceTextEncoderConfig named, HuggingFaceTextEncoderConfig wanted) =>
        (named as BertTextConfig)?.PositionsFollowPadding == (wanted as BertTextConfig)?.PositionsFollowPadding;

    private static HuggingFaceTextPooling ReadPooling(ConfigSection text, string type)
    {
        // Left out it is open_clip's default; null is the default of the architecture, without BERT's own layer.
        if (text.IsNull("hf_pooler_type"))
            return type is "bert" or "m2m_100" ? HuggingFaceTextPooling.First : HuggingFaceTextPooling.Mean;
        return text.Text("hf_pooler_type") switch
        {
            null or "mean_pooler" => HuggingFaceTextPooling.Mean,
            "max_pooler" => HuggingFaceTextPooling.Max,
            "cls_pooler" => HuggingFaceTextPooling.Pooler,
            "cls_last_hidden_state_pooler" => HuggingFaceTextPooling.First,
            var other => throw text.Error(
                "hf_pooler_type", $"'{other}' is not supported; 'mean_pooler', 'max_pooler', 'cls_pooler' and 'cls_last_hidden_state_pooler' are"),
        };
    }

    private static HuggingFaceTextProjection ReadProjection(ConfigSection text)
    {
        if (text.IsNull("hf_proj_type"))
            return HuggingFaceTextProjection.None;
        return text.Text("hf_proj_type") switch
        {
            null or "mlp" => HuggingFaceTextProjection.Mlp,
            "linear" => HuggingFaceTextProjection.Linear,
            "" => HuggingFaceTextProjection.None,
            var other => throw text.Error("hf_proj_type", $"'{other}' is not supported; 'mlp', 'linear' and null are"),
        };
    }
}
