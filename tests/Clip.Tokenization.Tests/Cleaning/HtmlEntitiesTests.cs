using Clip.Tokenization.Cleaning;
using Clip.Tokenization.Strings;

namespace Clip.Tokenization.Tests.Cleaning;

/// <summary>Character references as Python and ftfy read them.</summary>
public sealed class HtmlEntitiesTests
{
    [Theory]
    [InlineData("&lt;b&gt;", "<b>")]
    [InlineData("&notit;", "¬it;")]
    [InlineData("&notin;", "∉")]
    [InlineData("&amp", "&")]
    [InlineData("&ampx", "&x")]
    [InlineData("&CounterClockwiseContourIntegral;", "∳")]
    [InlineData("&#128;&#x9F;", "€Ÿ")]
    [InlineData("&#65", "A")]
    [InlineData("&#xD800;&#1114112;&#0;&#99999999999999;", "\uFFFD\uFFFD\uFFFD\uFFFD")]
    [InlineData("&#1;&#xFFFE;&#xFDD0;", "")]
    [InlineData("&#x1F600;", "😀")]
    [InlineData("& &; &# &#x; &nothing;", "& &; &# &#x; ¬hing;")]
    [InlineData("&acE;", "∾̳")]
    public void Unescape_Reference_GivesWhatPythonGives(string text, string expected) => Assert.Equal(expected, HtmlEntities.Unescape(text));

    [Theory]
    [InlineData("&eacute;", "é")]
    [InlineData("P&EACUTE;REZ", "PÉREZ")]
    [InlineData("&SZLIG;", "SS")]
    [InlineData("&IMATH;", "I")]
    [InlineData("&amp", "&amp")]
    [InlineData("&notit;", "&notit;")]
    [InlineData("&#65;", "A")]
    [InlineData("&#65", "&#65")]
    [InlineData("&#59;", "&#59;")]
    [InlineData("&#12abc;", "&#12abc;")]
    [InlineData("&nTILDE;", "&nTILDE;")]
    public void UnescapeStrictly_Reference_GivesWhatFtfyGives(string text, string expected) =>
        Assert.Equal(expected, HtmlEntities.UnescapeStrictly(text));
}
