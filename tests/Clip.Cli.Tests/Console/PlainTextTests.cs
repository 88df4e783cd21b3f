namespace Clip.Cli.Tests.Console;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain é 🐈 [markup]", "plain é 🐈 [markup]")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\r")]
    [InlineData("\u001B[31mred\u0007", "\\u001B[31mred\\u0007")]
    [InlineData("gnp.\u202Eexe", "gnp.\\u202Eexe")]
    public void Show_Text_HasNoCharacterThatATerminalObeys(string text, string expected) => Assert.Equal(expected, PlainText.Show(text));

    // Not as data of a theory: attributes hold UTF-8, which has no halves of pairs.
    [Fact]
    public void Show_HalfOfSurrogatePair_IsShownAsEscape() =>
        Assert.Equal("\\uDC00🐈 \\uD83D", PlainText.Show("\uDC00\uD83D\uDC08 \uD83D"));

    [Fact]
    public void OneLine_Lines_BecomeOne() => Assert.Equal("a b c", PlainText.OneLine("a\n  b\r\n\tc\n"));
}
