using System.Globalization;
using System.Text;
using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;
using Clip.Tokenization.Tests.Support;

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

    [Fact]
    public void Lower_EveryCharacter_GivesWhatPythonGives()
    {
        var recorded = Recorded.Document("python_lower.json");
        var lower = recorded.Text("lower").Split(',').Select(row => row.Split(':')).ToDictionary(row => Code(row[0]), row => string.Concat(row[1].Split(' ').Select(Text)));
        // .NET knows letters that this Python does not.
        var unassigned = recorded.Text("unassigned").Split(',').Select(range => range.Split('-')).SelectMany(range => Between(Code(range[0]), Code(range[1]))).ToHashSet();
        Recorded.AssertAllEqual("lower case", Between(0, 0x10FFFF).Where(code => Rune.IsValid(code) && !unassigned.Contains(code)).Select(code =>
        {
            var text = char.ConvertFromUtf32(code);
            return ($"U+{code:X4}", lower.GetValueOrDefault(code, text), PythonText.Lower(text));
        }));
    }

    [Theory]
    [InlineData(" a \t b\u00A0\u3000c\n", "a b c")]
    [InlineData("\u001C\u001Fx\u0085y", "x y")]
    [InlineData("a\u200Bb", "a\u200Bb")]
    [InlineData(" \n ", "")]
    public void CollapseSpaces_Text_GivesWhatPythonGives(string text, string expected) =>
        Assert.Equal(expected, PythonText.CollapseSpaces(text));

    private static IEnumerable<int> Between(int first, int last) => Enumerable.Range(first, last - first + 1);

    private static int Code(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Text(string code) => char.ConvertFromUtf32(Code(code));
}
