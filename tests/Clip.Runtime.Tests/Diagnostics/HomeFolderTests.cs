using Clip.Runtime.Diagnostics;

namespace Clip.Runtime.Tests.Diagnostics;

public sealed class HomeFolderTests
{
    [Theory]
    [InlineData("/home/ann/x and '/home/ann/y'", "/home/ann", "~/x and '~/y'")]
    [InlineData("in /home/ann", "/home/ann/", "in ~")]
    [InlineData("/home/anna/x, /home/ann-2, /home/ann.old", "/home/ann", "/home/anna/x, /home/ann-2, /home/ann.old")]
    [InlineData("/opt/x", "/", "/opt/x")]
    [InlineData("/opt/x", "", "/opt/x")]
    public void Shorten_Text_ReplacesTheHomeFolderOnly(string text, string home, string expected) =>
        Assert.Equal(expected, HomeFolder.Shorten(text, home));
}
