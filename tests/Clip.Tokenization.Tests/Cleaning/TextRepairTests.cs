using Clip.Tokenization.Repair;

namespace Clip.Tokenization.Tests.Cleaning;

/// <summary>One text for each kind of repair.</summary>
public sealed class TextRepairTests
{
    [Theory]
    [InlineData("âœ” No problems", "✔ No problems")]
    [InlineData("voilÃ le travail", "voilà le travail")]
    [InlineData("â€œquoted â€�", "\"quoted \uFFFD")]
    [InlineData("L&AMP;AMP;ATILDE;&AMP;SUP3;PEZ", "LóPEZ")]
    [InlineData("ã\u0083\u0084", "ツ")]
    [InlineData("caf\u0065\u0301", "caf\u00E9")]
    [InlineData("ＬＯＵＤ　ﾉｲｽﾞ", "LOUD ノイズ")]
    [InlineData("ﬂuﬃeﬆ ŉ Ǆ ﬅ", "fluffiest 'n DŽ ſt")]
    [InlineData("\u2018a\u2019 \u201Cb\u201D", "'a' \"b\"")]
    [InlineData("a\u0000b\u0007c\uFEFFd\u007Fe", "abcde")]
    [InlineData("\u001B[31mred\u001B[0m", "red")]
    [InlineData("a\r\nb\rc\u2028d", "a\nb\nc\nd")]
    [InlineData("\u0085 \u0096", "… –")]
    [InlineData("&lt;b&gt; <i>&amp;</i>", "&lt;b&gt; <i>&amp;</i>")]
    [InlineData("naïve façade, Zoë's café — 50 € in Köln", "naïve façade, Zoë's café — 50 € in Köln")]
    public void Repair_Text_GivesWhatFtfyGives(string text, string expected) => Assert.Equal(expected, TextRepair.Repair(text));

    [Fact]
    public void Repair_Noncharacter_IsKept() => Assert.Equal("\u00E9\uFFFEa\uFFFF", TextRepair.Repair("e\u0301\uFFFEa\uFFFF"));

    [Fact]
    public void Repair_Lines_AreRepairedByThemselvesUntilOneLooksLikeHtml() =>
        Assert.Equal("é &\nnaïve é\n<b>\n&amp;", TextRepair.Repair("Ã© &amp;\nnaïve Ã©\n<b>\n&amp;"));
}
