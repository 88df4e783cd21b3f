using Emoji.Icons;
using Emoji.Tests.Support;

namespace Emoji.Tests.Icons;

/// <summary>Which icon is which emoji.</summary>
public class IconNamesTests
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["1F431"] = "cat face",
        ["1F452"] = "woman’s hat",
        ["2764"] = "red heart",
        ["1F482"] = "guard",
        ["1F53C"] = "up button",
        ["1F199"] = "UP! button",
    };

    [Fact]
    public void Match_SetWithCharacters_TakesThemAndNotTheNames()
    {
        using var set = SmallIconSet.Load(["kitty", "red-heart"], characters: new() { ["1f431"] = "kitty", ["2764-fe0f"] = "red-heart", ["1f1e6"] = "kitty" });

        var icons = new IconNames(Names).Match(set);

        Assert.Equal(new() { ["1F431"] = "kitty", ["2764"] = "red-heart" }, icons);
    }

    [Fact]
    public void Match_SetWithoutCharacters_GoesByNamesOfTheCldrAndOfOtherSets()
    {
        using var other = SmallIconSet.Load(["guardian"], new() { ["beefeater"] = "guardian" }, new() { ["1f482"] = "guardian" });
        using var set = SmallIconSet.Load(["catface", "womans-hat", "beefeater", "unknown"]);
        var names = new IconNames(Names);
        names.Learn(other);

        Assert.Equal(new() { ["1F431"] = "catface", ["1F452"] = "womans-hat", ["1F482"] = "beefeater" }, names.Match(set));
    }

    [Fact]
    public void Find_NameThatCouldBeOfTwoEmoji_IsNone()
    {
        var names = new IconNames(Names);

        Assert.Null(names.Find("up-button"));
        Assert.Null(names.Find("nothing-of-the-kind"));
    }

    [Fact]
    public void Find_ShortCode_CountsWhereNothingElseFits()
    {
        var names = new IconNames(Names);
        names.LearnShortCode("guardsman", "1F482");
        names.LearnShortCode("heart", "2764-FE0F");

        Assert.Equal("1F482", names.Find("guardsman"));
        Assert.Equal("2764", names.Find("heart"));
    }

    [Fact]
    public void Aliases_OfMirroredIcons_AreNotTheSameImage()
    {
        using var set = SmallIconSet.Load(["left"], new() { ["right"] = "~left", ["links"] = "left" });

        Assert.Equal(new Dictionary<string, string> { ["links"] = "left" }, set.Aliases);
        Assert.Contains("id=\"left\"", set["links"].ToSvg(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("woman’s hat", "womans-hat")]
    [InlineData("piñata", "pinata")]
    [InlineData("keycap: 1", "keycap-1")]
    [InlineData("UP! button", "up-button")]
    public void ToKebab_Name_IsWrittenAsIconSetsDo(string name, string kebab) => Assert.Equal(kebab, IconNames.ToKebab(name));
}
