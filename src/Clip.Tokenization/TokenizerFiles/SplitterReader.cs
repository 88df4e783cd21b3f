using System.Text;
using Clip.Tokenization.Splitters;

namespace Clip.Tokenization.TokenizerFiles;

/// <summary>Reads the pre-tokenizer of tokenizer.json.</summary>
internal static class SplitterReader
{
    private const char Metaspace = '\u2581';

    public static WordSplitter Read(JsonSection section)
    {
        switch (section.Type)
        {
            case "Sequence":
                section.Allow("pretokenizers");
                return new SplitterSequence([.. section.Items("pretokenizers").Select(Read)]);
            case "Metaspace":
                section.Allow("replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep");
                return new MetaspaceWords(section.Character("replacement", Metaspace), ReadPrefix(section), section.Flag("split", true));
            case "Split":
                section.Allow("pattern", "behavior", "invert");
                return new MatchSplitter(PatternReader.ReadMatcher(section), ReadBehavior(section), section.Flag("invert", false));
            case "WhitespaceSplit":
                section.Allow();
                return new MatchSplitter(new CharacterMatcher(Rune.IsWhiteSpace, runs: true), MatchBehavior.Removed, invert: false);
            case "BertPreTokenizer":
                section.Allow();
                return new BertWords();
            case "Punctuation":
                section.Allow("behavior");
                return new MatchSplitter(
                    new CharacterMatcher(BertWords.IsPunctuation, runs: false),
                    section.Find("behavior") is null ? MatchBehavior.Isolated : ReadBehavior(section), invert: false);
            case "Digits":
                section.Allow("individual_digits");
                return new MatchSplitter(
                    new CharacterMatcher(Rune.IsNumber, runs: !section.Flag("individual_digits", false)), MatchBehavior.Isolated, invert: false);
            case "ByteLevel":
                section.Allow("add_prefix_space", "trim_offsets", "use_regex");
                return new ByteWords(section.Flag("add_prefix_space", true), section.Flag("use_regex", true));
            default:
                throw section.Error($"is a pre-tokenizer '{section.Type}', which is not supported");
        }
    }

    /// <summary>Reads where a space is put in front; older files say whether it is put anywhere.</summary>
    public static MetaspacePrefix ReadPrefix(JsonSection section) => section.Text("prepend_scheme", null) switch
    {
        null => section.Flag("add_prefix_space", true) ? MetaspacePrefix.Always : MetaspacePrefix.Never,
        "always" => MetaspacePrefix.Always,
        "first" => MetaspacePrefix.First,
        "never" => MetaspacePrefix.Never,
        var other => throw section.Error($"has the prepend_scheme '{other}', which is not supported"),
    };

    private static MatchBehavior ReadBehavior(JsonSection section) => section.Text("behavior") switch
    {
        "Removed" => MatchBehavior.Removed,
        "Isolated" => MatchBehavior.Isolated,
        "MergedWithPrevious" => MatchBehavior.MergedWithPrevious,
        "MergedWithNext" => MatchBehavior.MergedWithNext,
        "Contiguous" => MatchBehavior.Contiguous,
        var other => throw section.Error($"has the behavior '{other}', which is not supported"),
    };
}
