using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Tests.Cleaning;

/// <summary>Case and white space as Python has them.</summary>
public sealed class PythonTextTests
{
    [Theory]
    [InlineData("İSTANBUL", "i\u0307stanbul")]
    [InlineData("ΟΔΥΣΣΕΥΣ", "οδυσσευς")]
    [InlineData("ΣΊΣΥΦΟΣ.", "σίσυφος.")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ'Β", "ασ'β")]
    [InlineData("Α\u0301Σ 1", "α\u0301ς 1")]
    [InlineData("\u212A\u212B", "k\u00E5")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("ẞſ", "ßſ")]
    public void Lower_Text_GivesWhatPythonGives(string text, string expected) => Assert.Equal(expected, PythonText.Lower(text));

    [Theory]
    [InlineData(" a \t b\u00A0\u3000c\n", "a b c")]
    [InlineData("\u001C\u001Fx\u0085y", "x y")]
    [InlineData("a\u200Bb", "a\u200Bb")]
    [InlineData(" \n ", "")]
    public void CollapseSpaces_Text_GivesWhatPythonGives(string text, string expected) =>
        Assert.Equal(expected, PythonText.CollapseSpaces(text));
}
