using System.Text;
using Clip.Cli.Files;

namespace Clip.Cli.Tests.Files;

public sealed class TextLineTests
{
    [Theory]
    [InlineData("{\"text\": \"caf\u00E9\"}")]
    [InlineData("{\"text\": \"caf\u00E9 \\ud800\"}")]
    [InlineData("{\"by\": \"Ren\u00E9\", \"text\": \"plain\"}")]
    public void Parse_LineThatIsNotUtf8_ThrowsFormatException(string line) =>
        Assert.Contains("not UTF-8", Assert.Throws<FormatException>(() => TextLine.Parse(Encoding.Latin1.GetBytes(line), "text")).Message);

    [Fact]
    public void Parse_Utf8_GivesTheText() => Assert.Equal("caf\u00E9", TextLine.Parse(Encoding.UTF8.GetBytes("{\"text\": \"caf\u00E9\"}"), "text"));
}
