using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Repair;
using Clip.Tokenization.Tests.Support;

namespace Clip.Tokenization.Tests.Cleaning;

/// <summary>Repaired and cleaned texts beside those that the original implementations gave.</summary>
public sealed class RecordedTextTests
{
    [Fact]
    public void Repair_RecordedTexts_GivesFtfysText()
    {
        Recorded.AssertAllEqual("openai_tokenize ftfy_text", Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), row.Is("ftfy_changed") ? row.Text("ftfy_text") : row.Text("text"), TextRepair.Repair(row.Text("text")))));
    }

    [Fact]
    public void Clean_RecordedTexts_GivesTheOriginalsText()
    {
        var cleaner = new TextCleaner(TextCleaning.Lower, repair: true, unescapeHtml: true);

        Recorded.AssertAllEqual("openai_tokenize clean", Recorded.Rows("openai_tokenize.jsonl").Select(row => (
            row.Text("text"), row.Text("clean"), cleaner.Clean(row.Text("text")))));
    }

    [Theory]
    [InlineData("open_clip_clean_lower_ctx64.jsonl", TextCleaning.Lower)]
    [InlineData("open_clip_clean_whitespace_ctx77.jsonl", TextCleaning.Whitespace)]
    [InlineData("open_clip_clean_whitespace_underscore_ctx77.jsonl", TextCleaning.WhitespaceAndUnderscores)]
    [InlineData("open_clip_clean_canonicalize_ctx77.jsonl", TextCleaning.Canonical)]
    public void Clean_OpenClipModes_GivesItsText(string file, TextCleaning cleaning)
    {
        var cleaner = new TextCleaner(cleaning, repair: true, unescapeHtml: true);

        Recorded.AssertAllEqual(file, Recorded.Rows(file).Select(row => (row.Text("text"), row.Text("clean"), cleaner.Clean(row.Text("text")))));
    }

    [Fact]
    public void Canonicalize_RecordedTexts_GivesOpenClipsText()
    {
        Recorded.AssertAllEqual("open_clip_canonicalize_text", Recorded.Rows("open_clip_canonicalize_text.jsonl")
            .Where(row => row["keep_punctuation_exact_string"] is null).Select(row => (
            row.Text("text"), row.Text("canonicalize_text"), TextCleaner.Canonicalize(row.Text("text")))));
    }

    [Fact]
    public void Repair_LoneSurrogates_GivesFtfysText()
    {
        Recorded.AssertAllEqual("lone_surrogates ftfy_text", Recorded.Rows("lone_surrogates.jsonl").Select(row => (
            "", Text(row.Ids("ftfy_text_utf16")!), TextRepair.Repair(Text(row.Ids("utf16_code_units")!)))));
    }

    [Fact]
    public void TryCleanAscii_RecordedTexts_GivesWhatCleanGives()
    {
        var cleaner = new TextCleaner(TextCleaning.Lower, repair: true, unescapeHtml: true);
        var fast = Recorded.Rows("openai_tokenize.jsonl").Select(row => row.Text("text"))
            .Select(text => (Text: text, Utf8: new byte[text.Length]))
            .Select(row => (row.Text, row.Utf8, Length: cleaner.TryCleanAscii(row.Text, row.Utf8)))
            .Where(row => row.Length >= 0);

        Recorded.AssertAllEqual("ASCII texts", fast.Select(row => (
            row.Text, cleaner.Clean(row.Text), System.Text.Encoding.ASCII.GetString(row.Utf8, 0, row.Length))));
    }

    private static string Text(int[] units) => string.Concat(units.Select(unit => (char)unit));
}
