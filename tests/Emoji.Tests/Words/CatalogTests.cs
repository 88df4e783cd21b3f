using Emoji.Tests.Support;
using Emoji.Words;

namespace Emoji.Tests.Words;

/// <summary>The emoji and their words.</summary>
public class CatalogTests
{
    [Fact]
    public void Load_FlagsSkinTonesAndParts_AreLeftOut()
    {
        var catalog = SmallCatalog.Load(_ =>
        [
            SmallCatalog.Emoji("1F431", "cat face", ["pet"], 2),
            SmallCatalog.Emoji("2764-FE0F", "red heart", [], 1),
            SmallCatalog.Emoji("1F1F0-1F1F7", "flag: South Korea", [], 3),
            SmallCatalog.Emoji("1F3F4-E0067-E0062-E0065-E006E-E0067-E007F", "flag: England", [], 4),
            SmallCatalog.Emoji("1F3C1", "chequered flag", [], 5),
            SmallCatalog.Emoji("1F44D-1F3FD", "thumbs up: medium skin tone", [], 6),
            new { hexcode = "1F1E6", label = "regional indicator A" },
        ]);

        Assert.Equal(["2764", "1F431", "1F3C1"], catalog.Codes);
        Assert.Equal(["pet"], catalog["ko", "1F431"].Keywords);
    }

    [Fact]
    public void Load_OtherFile_IsRefusedWithItsPath()
    {
        var error = Assert.Throws<InvalidDataException>(() => SmallCatalog.Load(_ => [new { hexcode = 1 }]));

        Assert.Contains("data.json", error.Message, StringComparison.Ordinal);
    }
}
