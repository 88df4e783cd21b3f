using System.Text.Json;

namespace Clip.ZeroShot.Tests;

public sealed class PromptTemplatesTests
{
    [Fact]
    public void ImageNet_IsTheRecordedList() =>
        Assert.Equal(ReadList("imagenet_templates.json"), PromptTemplates.ImageNet);

    [Fact]
    public void ImageNetClasses_AreTheRecordedList() =>
        Assert.Equal(ReadList("imagenet_classes.json"), ImageNetClasses.Names);

    [Fact]
    public void ImageNetClasses_RepeatTheTwoNamesThatTheirDocumentationSays()
    {
        var repeated = ImageNetClasses.Names.Index().GroupBy(pair => pair.Item).Where(group => group.Count() > 1)
            .ToDictionary(group => group.Key, group => group.Select(pair => pair.Index).ToArray());

        Assert.Equal(2, repeated.Count);
        Assert.Equal([657, 744], repeated["missile"]);
        Assert.Equal([836, 837], repeated["sunglasses"]);
    }

    [Fact]
    public void Simple_IsTheRecordedList()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Find("zeroshot", "zeroshot.json")));
        Assert.Equal(recorded.RootElement.GetProperty("templates").EnumerateArray().Select(item => item.GetString()!), PromptTemplates.Simple);
    }

    [Fact]
    public void PhotoAndNone_AreOneSentence()
    {
        Assert.Equal(["a photo of a {}."], PromptTemplates.Photo);
        Assert.Equal(["{}"], PromptTemplates.None);
    }

    [Fact]
    public void CollectionExpression_MakesTemplates()
    {
        PromptTemplates templates = ["a photo of a {}.", "a drawing of a {}."];

        Assert.Equal(2, templates.Count);
        Assert.Equal("a drawing of a {}.", templates[1]);
        Assert.Equal(PromptTemplates.Of("a photo of a {}.", "a drawing of a {}."), templates);
        Assert.NotEqual(PromptTemplates.Photo, templates);
    }

    [Fact]
    public void Of_TemplateWithoutPlaceholder_ThrowsWithItsPlace()
    {
        var error = Assert.Throws<ArgumentException>(() => PromptTemplates.Of("a {}", "a {0}"));
        Assert.Contains("Template 1, \"a {0}\"", error.Message);
    }

    [Fact]
    public void Of_NoTemplateOrNull_Throws()
    {
        Assert.Throws<ArgumentException>(() => PromptTemplates.Of());
        Assert.Contains("Template 0", Assert.Throws<ArgumentException>(() => PromptTemplates.Of([null!])).Message);
        Assert.Contains("surrogate", Assert.Throws<ArgumentException>(() => PromptTemplates.Of("{} \ud800")).Message);
    }

    [Theory]
    [InlineData("{0} {1:X} {{}}")]
    [InlineData("{}")]
    [InlineData("$& \\1")]
    public void Fill_ClassNameWithBraces_StaysAsItIs(string name)
    {
        PromptTemplates templates = ["a {} beside a {}", "{0} {}"];
        Assert.Equal([$"a {name} beside a {name}", "{0} " + name], templates.Fill(name));
    }

    [Fact]
    public void Parse_NamesAndSentences_GivesTheirTemplates()
    {
        Assert.Same(PromptTemplates.ImageNet, PromptTemplates.Parse("ImageNet"));
        Assert.Same(PromptTemplates.Simple, PromptTemplates.Parse("simple"));
        Assert.Same(PromptTemplates.Photo, PromptTemplates.Parse("photo"));
        Assert.Same(PromptTemplates.None, PromptTemplates.Parse("NONE"));
        Assert.Equal(["a sketch of {}"], PromptTemplates.Parse("a sketch of {}"));
        Assert.Contains("imagenet, simple", Assert.Throws<ArgumentException>(() => PromptTemplates.Parse("all")).Message);
    }

    private static string[] ReadList(string file) => JsonSerializer.Deserialize<string[]>(File.ReadAllText(Fixtures.Find("zeroshot", file)))!;
}
