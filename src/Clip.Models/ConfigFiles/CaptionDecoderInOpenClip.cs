using System.Text.Json.Nodes;

namespace Clip.Models;

/// <summary>A caption decoder in multimodal_cfg of open_clip's configs.</summary>
internal static class CaptionDecoderInOpenClip
{
    // The default of open_clip's CLIPTextCfg, which counts where a text tower of another library has its own.
    private const int UsualVocabulary = 49_408;

    /// <param name="decoder">The section.</param>
    /// <param name="text">text_cfg, whose vocabulary is the decoder's, not that of the text tower.</param>
    /// <param name="textVocabulary">Number of tokens of the text tower.</param>
    /// <param name="quickGelu">Whether the config asks for QuickGELU.</param>
    public static CaptionDecoderConfig Read(ConfigSection decoder, ConfigSection text, int textVocabulary, bool quickGelu)
    {
        // Of these open_clip's decoder makes no use.
        decoder.Ignore("vocab_size", "attn_pooler_heads", "n_queries", "dim_head", "latent_dim", "output_tokens");
        var vocabulary = text.Integer("vocab_size", UsualVocabulary);
        return new CaptionDecoderConfig
        {
            Transformer = OpenClipTransformer.Read(decoder, decoder.Integer("width", 512), decoder.Integer("heads", 8), quickGelu),
            ContextLength = decoder.Integer("context_length", 77),
            VocabularySize = vocabulary == textVocabulary ? null : vocabulary,
        };
    }

    public static JsonObject Write(CaptionDecoderConfig decoder, TextTowerConfig text)
    {
        var written = new JsonObject { ["context_length"] = decoder.ContextLength, ["vocab_size"] = VocabularySize(decoder, text) };
        OpenClipTransformer.Write(written, decoder.Transformer);
        written["heads"] = decoder.Transformer.Heads;
        return written;
    }

    /// <summary>What text_cfg says of the vocabulary of a model with a decoder.</summary>
    public static int VocabularySize(CaptionDecoderConfig decoder, TextTowerConfig text) => decoder.VocabularySize ?? text.VocabularySize;
}
