using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>CLIP's text tower in text_cfg of open_clip's configs.</summary>
internal static class ClipTextInOpenClip
{
    public static ClipTextConfig Read(ConfigSection text, bool quickGelu)
    {
        text.Ignore("output_tokens");
        text.RequireOff("final_ln_after_pool", "variable_text");
        var width = text.Integer("width", 512);
        var hasProjection = text.Text("proj_type") switch
        {
            null or "linear" => true,
            "none" => false,
            var other => throw text.Error("proj_type", $"'{other}' is not supported; 'linear' and 'none' are"),
        };
        var hasBias = text.Flag("proj_bias");
        return new ClipTextConfig
        {
            ContextLength = text.Integer("context_length", 77),
            VocabularySize = text.Integer("vocab_size", 49_408),
            Transformer = OpenClipTransformer.Read(text, width, text.Integer("heads", 8), quickGelu),
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

    public static JsonObject Write(ClipTextConfig text)
    {
        var written = new JsonObject { ["context_length"] = text.ContextLength, ["vocab_size"] = text.VocabularySize };
        OpenClipTransformer.Write(written, text.Transformer);
        written["heads"] = text.Transformer.Heads;
        if (!text.Causal)
            written["no_causal_mask"] = true;
        if (text.ClassToken)
            written["embed_cls"] = true;
        if (text.PaddingId != 0)
            written["pad_id"] = text.PaddingId;
        if (text.EndTokenId is { } end)
            written["eos_id"] = end;
        if (text.Pooling != TextPooling.HighestId)
            written["pool_type"] = PoolType(text.Pooling);
        if (text.Projection == TextProjection.None)
            written["proj_type"] = "none";
        if (text.Projection == TextProjection.Linear)
            written["proj_bias"] = true;
        return written;
    }

    private static string PoolType(TextPooling pooling) => pooling switch
    {
        TextPooling.FirstEndToken => "eos",
        TextPooling.First => "first",
        TextPooling.Last => "last",
        _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "open_clip's config has no word for this pooling."),
    };
}
