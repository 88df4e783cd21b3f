using Emoji.Words;

namespace Emoji.Tests.Words;

/// <summary>The phrases of a text.</summary>
public class PhrasesTests
{
    [Fact]
    public void Of_Words_AreAllThatStandSideBySide() =>
        Assert.Equal(["a", "a b", "a b c", "b", "b c", "c"], Phrases.Of("A, b-c!").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("고양이 얼굴", "고양이")]
    [InlineData("고양이얼굴", "얼굴")]
    [InlineData("猫脸", "猫")]
    [InlineData("ネコの顔", "ネコ")]
    public void Of_TextWithoutSpaces_AreAllRunsOfIt(string text, string phrase) => Assert.Contains(phrase, Phrases.Of(text));

    [Fact]
    public void Of_PartOfAWord_IsNoPhrase() => Assert.DoesNotContain("cat", Phrases.Of("caterpillar"));
}
