namespace Clip.Cli.Tests.Console;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("plain é 🐈 [markup]", "plain é 🐈 [markup]")]
    [InlineData("a\nb\tc\r", "a\\nb\\tc\\r")]
    [InlineData("\u001B[31mred\u0007", "\\u001B[31mred\\u0007")]
    [InlineData("gnp.\u202Eexe", "gnp.\\u202Eexe")]
    [InlineData("half \uD83D", "half \\uD83D")]
    [InlineData("\uDC00\uD83D\uDC08", "\\uDC00🐈")]
    public void Show_Text_HasNoCharacterThatATerminalObeys(string text, string expected) => Assert.Equal(expected, PlainText.Show(text));

    [Fact]
    public void OneLine_Lines_BecomeOne() => Assert.Equal("a b c", PlainText.OneLine("a\n  b\r\n\tc\n"));
}
