using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>A caption decoder in multimodal_cfg of open_clip's configs.</summary>
internal static class CaptionDecoderInOpenClip
{
    public static CaptionDecoderConfig Read(ConfigSection decoder, bool quickGelu)
    {
        // The vocabulary is the text tower's; of the others open_clip's decoder makes no use.
        decoder.Ignore("vocab_size", "attn_pooler_heads", "n_queries", "dim_head", "latent_dim", "output_tokens");
        var config = new CaptionDecoderConfig
        {
            Transformer = OpenClipTransformer.Read(decoder, decoder.Integer("width", 512), decoder.Integer("heads", 8), quickGelu),
            ContextLength = decoder.Integer("context_length", 77),
        };
        return config;
    }

    public static JsonObject Write(CaptionDecoderConfig decoder, TextTowerConfig text)
    {
        var written = new JsonObject { ["context_length"] = decoder.ContextLength, ["vocab_size"] = text.VocabularySize };
        OpenClipTransformer.Write(written, decoder.Transformer);
        written["heads"] = decoder.Transformer.Heads;
        return written;
    }
}
