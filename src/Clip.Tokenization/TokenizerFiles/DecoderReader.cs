using Clip.Tokenization.Decoders;
using Clip.Tokenization.Splitters;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the decoder of tokenizer.json.</summary>
internal static class DecoderReader
{
    private const char Metaspace = '\u2581';

    public static IReadOnlyList<DecodingStep> Read(JsonSection section)
    {
        if (section.Type == "Sequence")
        {
            section.Allow("decoders");
            return [.. section.Items("decoders").SelectMany(Read)];
        }
        return [ReadStep(section)];
    }

    private static DecodingStep ReadStep(JsonSection section)
    {
        switch (section.Type)
        {
            case "Replace":
                section.Allow("pattern", "content");
                var text = section.Require("pattern").Text("String", null);
                return string.IsNullOrEmpty(text) ? throw section.Error("replaces a pattern, and only texts are supported") : new ReplacingDecoder(text, section.Text("content"));
            case "ByteFallback":
                section.Allow();
                return new ByteFallbackDecoder();
            case "Fuse":
                section.Allow();
                return new FusingDecoder();
            case "Strip":
                section.Allow("content", "start", "stop");
                return new StrippingDecoder(section.Character("content", ' '), section.Integer("start"), section.Integer("stop"));
            case "Metaspace":
                section.Allow("replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                return new MetaspaceDecoder(section.Character("replacement", Metaspace), SplitterReader.ReadPrefix(section) != MetaspacePrefix.Never);
            case "WordPiece":
                section.Allow("prefix", "cleanup");
                return new WordPieceDecoder(section.Text("prefix", "##")!, section.Flag("cleanup", true));
            case "ByteLevel":
                section.Allow("add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelDecoder();
            case "BPEDecoder":
                section.Allow("suffix");
                return new SuffixDecoder(section.Text("suffix", "</w>")!);
            default:
                throw section.Error($"is a decoder '{section.Type}', which is not supported");
        }
    }
}
