namespace Clip.Cli.Tests.Console;

public sealed class WordsTests
{
    [Theory]
    [InlineData("clip doctor", "clip|doctor")]
    [InlineData("  clip  doctor ", "clip|doctor")]
    [InlineData("--labels \"a cat,a dog\" photo.jpg", "--labels|\"a cat,a dog\"|photo.jpg")]
    [InlineData("--query='it is \"so\"' x", "--query='it is \"so\"'|x")]
    [InlineData("", "")]
    public void OfCommandLine_Quotes_KeepTheirWordsTogether(string commandLine, string expected) =>
        Assert.Equal(expected, string.Join('|', Words.OfCommandLine(commandLine)));
}
