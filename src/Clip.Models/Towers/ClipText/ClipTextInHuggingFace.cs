using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>CLIP's text tower in text_config of Hugging Face's CLIPModel, MetaClip2Model and SiglipModel, with their defaults.</summary>
internal static class ClipTextInHuggingFace
{
    /// <summary>The model_type of MetaCLIP 2, which is CLIP's but for the token that is pooled.</summary>
    public const string MetaClip2 = "metaclip_2";

    /// <summary>The end token in older files of CLIP, whatever the vocabulary; transformers pools these at the highest id.</summary>
    public const int LegacyEndToken = 2;

    private const string Clip = "clip";
    private const string SigLip = "siglip";
    private const string SigLip2 = "siglip2";

    public static ClipTextConfig? TryRead(string modelType, OverriddenSection text) => modelType switch
    {
        Clip => ReadClip(text),
        MetaClip2 => ReadMetaClip2(text),
        SigLip or SigLip2 => ReadSigLip(text),
        _ => null,
    };

    public static JsonObject? TryWrite(string modelType, ClipTextConfig text) => modelType switch
    {
        Clip => WriteClip(text),
        MetaClip2 => WriteMetaClip2(text),
        SigLip or SigLip2 => WriteSigLip(modelType, text),
        _ => null,
    };

    private static ClipTextConfig ReadClip(OverriddenSection text)
    {
        var end = text.Integer("eos_token_id", 49_407);
        return new ClipTextConfig
        {
            ContextLength = text.Integer("max_position_embeddings", 77),
            VocabularySize = text.Integer("vocab_size", 49_408),
            Transformer = HuggingFaceTransformer.Read(text, width: 512, heads: 8, "quick_gelu", epsilon: 1e-5),
            Pooling = end == LegacyEndToken ? TextPooling.HighestId : TextPooling.FirstEndToken,
            EndTokenId = end == LegacyEndToken ? null : end,
        };
    }

    private static ClipTextConfig ReadMetaClip2(OverriddenSection text)
    {
        var clip = ReadClip(text);
        return clip with
        {
            Tokenizer = TokenizerKinds.OfMetaClip2(clip.VocabularySize),
            Pooling = TextPooling.FirstEndToken,
            EndTokenId = text.Integer("eos_token_id", 49_407),
        };
    }

    private static ClipTextConfig ReadSigLip(OverriddenSection text)
    {
        text.Integer("eos_token_id", 0);
        var vocabularySize = text.Integer("vocab_size", 32_000);
        return new ClipTextConfig
        {
            ContextLength = text.Integer("max_position_embeddings", 64),
            VocabularySize = vocabularySize,
            Tokenizer = TokenizerKinds.OfSigLip(vocabularySize),
            Transformer = HuggingFaceTransformer.Read(text, width: 768, heads: 12, "gelu_pytorch_tanh", epsilon: 1e-6),
            Causal = false,
            Pooling = TextPooling.Last,
            Projection = TextProjection.Linear,
        };
    }

    private static JsonObject WriteClip(ClipTextConfig text)
    {
        RequireClip(text);
        Inexpressible.RequireHuggingFace(text.Pooling is TextPooling.HighestId or TextPooling.FirstEndToken, "Text.Pooling", text.Pooling);

        var written = Write("clip_text_model", text);
        written["eos_token_id"] = text.Pooling == TextPooling.HighestId ? LegacyEndToken : text.EndTokenId;
        return written;
    }

    private static JsonObject WriteMetaClip2(ClipTextConfig text)
    {
        RequireClip(text);
        var written = Write("metaclip_2_text_model", text);
        written["eos_token_id"] = text.EndTokenId;
        return written;
    }

    private static void RequireClip(ClipTextConfig text)
    {
        Inexpressible.RequireHuggingFace(text.Causal, "Text.Causal", false);
        Inexpressible.RequireHuggingFace(!text.ClassToken, "Text.ClassToken", true);
        Inexpressible.RequireHuggingFace(text.Projection == TextProjection.Matrix, "Text.Projection", text.Projection);
    }

    private static JsonObject WriteSigLip(string modelType, ClipTextConfig text)
    {
        Inexpressible.RequireHuggingFace(!text.Causal, "Text.Causal", true);
        Inexpressible.RequireHuggingFace(!text.ClassToken, "Text.ClassToken", true);
        Inexpressible.RequireHuggingFace(text.Pooling == TextPooling.Last, "Text.Pooling", text.Pooling);
        Inexpressible.RequireHuggingFace(text.Projection == TextProjection.Linear, "Text.Projection", text.Projection);
        return Write($"{modelType}_text_model", text);
    }

    private static JsonObject Write(string kind, ClipTextConfig text)
    {
        var written = HuggingFaceTransformer.Write(kind, "Text", text.Transformer);
        written["max_position_embeddings"] = text.ContextLength;
        written["vocab_size"] = text.VocabularySize;
        return written;
    }
}
