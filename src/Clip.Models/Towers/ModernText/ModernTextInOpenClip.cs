using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>The "modern" text tower in text_cfg of open_clip's configs.</summary>
internal static class ModernTextInOpenClip
{
    private const string Architecture = "modern", LayerNorm = "layernorm", RmsNorm = "rmsnorm";

    public static ModernTextConfig? TryRead(ConfigSection text)
    {
        if (text.Text("text_arch") != Architecture)
            return null;
        if (text.Text("hf_model_name") is { Length: > 0 } name)
            throw text.Error("hf_model_name", $"'{name}' is an architecture, and text_arch says another");
        // How texts are put together in batches, and what else is given out.
        text.Ignore("variable_text", "output_tokens");
        var width = text.Integer("width", 512);
        var attentionBias = text.Flag("attention_bias");
        var gated = text.Flag("attn_gated");
        var hasProjection = text.Text("proj_type") != "none";
        return new ModernTextConfig
        {
            ContextLength = text.Integer("context_length", 77),
            VocabularySize = text.Integer("vocab_size", 49_408),
            Width = width,
            Layers = text.Integer("layers", 12),
            Heads = text.Integer("heads", 8),
            MlpWidth = OpenClipTransformer.ReadMlpWidth(text, width),
            Mlp = Read(text, "mlp_type", "swiglu", ("swiglu", ModernTextMlpKind.SwiGlu), ("mlp", ModernTextMlpKind.Gelu), ("relu2", ModernTextMlpKind.SquaredRelu)),
            PaddingId = text.IsNull("pad_id") ? null : text.Integer("pad_id", 0),
            EndTokenId = text.OptionalInteger("eos_id"),
            Pooling = Read(
                text, "pool_type", "argmax", ("eos", ModernTextPooling.FirstEndToken), ("argmax", ModernTextPooling.FirstEndToken),
                ("mean", ModernTextPooling.Mean), ("map", ModernTextPooling.Attention)),
            Causal = Read(text, "attention_mode", "causal", ("causal", true), ("bidirectional", false)),
            RotaryBase = Read(text, "pos_embed", "rope", ("rope", true), ("none", false), ("", false)) ? text.Number("rope_temperature", 10_000) : IgnoreRotary(text),
            LayerNorms = Read(text, "norm_type", RmsNorm, (RmsNorm, false), (LayerNorm, true)),
            NormEpsilon = text.Number("norm_eps", 1e-6),
            NormedQueries = text.Flag("qk_norm"),
            GatedAttention = gated,
            NormedTokens = text.Flag("pre_norm"),
            SandwichNorms = Read(text, "norm_placement", "pre", ("pre", false), ("sandwich", true)),
            ZeroBranches = text.Flag("zero_init_residual"),
            RegisterTokens = Math.Max(0, text.Integer("reg_tokens", 0)),
            ValueResidual = text.Flag("value_residual"),
            AttentionBias = attentionBias,
            GateBias = text.Flag("gate_bias", attentionBias) && gated,
            MlpBias = text.Flag("mlp_bias"),
            LayerScale = text.OptionalNumber("ls_init_value"),
            Projection = hasProjection,
            ProjectionBias = text.Flag("proj_bias") && hasProjection,
        };
    }

    public static JsonObject Write(ModernTextConfig config)
    {
        var text = new JsonObject
        {
            ["text_arch"] = Architecture,
            ["context_length"] = config.ContextLength,
            ["variable_text"] = true,
            ["vocab_size"] = config.VocabularySize,
            ["width"] = config.Width,
            ["heads"] = config.Heads,
            ["layers"] = config.Layers,
            ["pad_id"] = config.PaddingId,
            ["pool_type"] = config.Pooling switch
            {
                ModernTextPooling.FirstEndToken => "eos",
                ModernTextPooling.Mean => "mean",
                _ => "map",
            },
            ["attention_mode"] = config.Causal ? "causal" : "bidirectional",
            ["pos_embed"] = config.RotaryBase is null ? "none" : "rope",
            ["mlp_type"] = config.Mlp switch
            {
                ModernTextMlpKind.SwiGlu => "swiglu",
                ModernTextMlpKind.Gelu => "mlp",
                _ => "relu2",
            },
            ["norm_type"] = config.LayerNorms ? LayerNorm : RmsNorm,
            ["norm_eps"] = config.NormEpsilon,
            ["qk_norm"] = config.NormedQueries,
            ["attn_gated"] = config.GatedAttention,
        };
        OpenClipTransformer.WriteMlpWidth(text, config.Width, config.MlpWidth);
        if (config.EndTokenId is { } end)
            text["eos_id"] = end;
        if (config.RotaryBase is { } rotary and not 10_000)
            text["rope_temperature"] = rotary;
        foreach (var (name, isOn) in new[]
        {
            ("pre_norm", config.NormedTokens), ("zero_init_residual", config.ZeroBranches), ("value_residual", config.ValueResidual),
            ("attention_bias", config.AttentionBias), ("mlp_bias", config.MlpBias), ("proj_bias", config.ProjectionBias),
        })
        {
            if (isOn)
                text[name] = true;
        }
        if (config.GatedAttention && config.GateBias != config.AttentionBias)
            text["gate_bias"] = config.GateBias;
        if (config.SandwichNorms)
            text["norm_placement"] = "sandwich";
        if (config.RegisterTokens > 0)
            text["reg_tokens"] = config.RegisterTokens;
        if (config.LayerScale is { } gain)
            text["ls_init_value"] = gain;
        if (!config.Projection)
            text["proj_type"] = "none";
        return text;
    }

    private static double? IgnoreRotary(ConfigSection text)
    {
        text.Ignore("rope_temperature");
        return null;
    }

    private static T Read<T>(ConfigSection text, string name, string usual, params ReadOnlySpan<(string Word, T Value)> known)
    {
        var word = text.Text(name) ?? usual;
        foreach (var (candidate, value) in known)
        {
            if (candidate == word)
                return value;
        }
        var words = new List<string>();
        foreach (var (candidate, _) in known)
            words.Add($"'{candidate}'");
        throw text.Error(name, $"'{word}' is not supported; {string.Join(", ", words)} are");
    }
}
