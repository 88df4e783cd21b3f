using Clip.Preprocessing;

namespace Clip.Tests;

public sealed class CatalogTableTests
{
    private const string Header =
        "name,tag,repository,file,resolution,image_parameters,text_parameters,imagenet,imagenet_source,normalization,interpolation,resize_mode,"
        + "quick_gelu,license,also_at\n";

    private const string Line = "A,one,org/a,,224,1.25,,0.5,open_clip,openai,bicubic,shortest,yes,MIT,other/a\n";

    private static readonly Dictionary<string, string> Configs = new() { ["A"] = "{}" };

    [Fact]
    public void Parse_Line_TakesEveryColumn()
    {
        var model = Assert.Single(CatalogTable.Parse(Header + Line, Configs));

        Assert.Equal("A/one", model.FullName);
        Assert.Equal("org/a", model.Repository);
        Assert.Null(model.File);
        Assert.Equal(224, model.Resolution);
        Assert.Equal(1_250_000, model.ImageParameters);
        Assert.Null(model.TextParameters);
        Assert.Equal(0.5, model.ImageNetAccuracy);
        Assert.Equal("open_clip", model.AccuracySource);
        Assert.True(model.UsesQuickGelu);
        Assert.Equal("MIT", model.License);
        Assert.Equal("other/a", model.AlsoAt);
        Assert.Equal(PreprocessingConfig.OpenAI(224), model.Preprocessing);
    }

    [Theory]
    [InlineData("inception,bicubic,squash", "SigLip")]
    [InlineData("imagenet,bilinear,squash", "Clipa")]
    [InlineData("none,bilinear,shortest", "MobileClip")]
    [InlineData("inception,bilinear,squash", "PerceptionEncoder")]
    public void Parse_Preprocessing_IsTheFamilys(string columns, string expected)
    {
        var model = Assert.Single(CatalogTable.Parse(Header + Line.Replace("openai,bicubic,shortest", columns), Configs));

        Assert.Equal(
            expected switch
            {
                "SigLip" => PreprocessingConfig.SigLip(224),
                "Clipa" => PreprocessingConfig.Clipa(224),
                "MobileClip" => PreprocessingConfig.MobileClip(224),
                _ => PreprocessingConfig.PerceptionEncoder(224),
            },
            model.Preprocessing);
    }

    [Theory]
    [InlineData("A,one,org/a", "A,one,org", "repository")]
    [InlineData("A,one,", ",one,", "name")]
    [InlineData("A,one,", "A,,", "tag")]
    [InlineData("A,one,", "B,one,", "no config of 'B'")]
    [InlineData(",224,", ",-1,", "-1")]
    [InlineData(",224,", ",0,", "Resolution")]
    [InlineData("1.25", "1e3", "1e3")]
    [InlineData("0.5,open_clip", "1.5,open_clip", "between 0 and 1")]
    [InlineData("0.5,open_clip", "0.5,", "source")]
    [InlineData("openai,", "other,", "normalization")]
    [InlineData("bicubic", "nearest", "interpolation")]
    [InlineData("shortest", "longest", "resize_mode")]
    [InlineData(",yes,", ",no,", "quick_gelu")]
    [InlineData("MIT,", "MIT,,", "15 columns")]
    [InlineData("other/a", "other", "repository")]
    [InlineData("other/a", "other/a/", "file")]
    public void Parse_WrongCell_NamesTheLineAndTheFault(string from, string to, string fault)
    {
        var error = Assert.Throws<FormatException>(() => CatalogTable.Parse(Header + Line.Replace(from, to), Configs));

        Assert.Contains("Line 2", error.Message);
        Assert.Contains(fault, error.Message);
    }

    [Fact]
    public void Parse_FileOfTheOtherRepository_IsApart()
    {
        var model = Assert.Single(CatalogTable.Parse(Header + Line.Replace("other/a", "other/a/a.pt"), Configs));

        Assert.Equal(("other/a", "a.pt"), (model.AlsoAt, model.AlsoAtFile));
    }

    [Fact]
    public void Parse_NameTwice_IsRefused() =>
        Assert.Contains("Line 3", Assert.Throws<FormatException>(() => CatalogTable.Parse(Header + Line + Line, Configs)).Message);

    [Fact]
    public void Parse_OtherHeader_IsRefused() =>
        Assert.Contains("Line 1", Assert.Throws<FormatException>(() => CatalogTable.Parse(Line, Configs)).Message);

    [Fact]
    public void Configs_Always_AreThoseOfTheModels() =>
        Assert.Equal(
            ModelCatalog.All.Select(model => model.Name).Distinct().Order(StringComparer.Ordinal),
            CatalogConfigs.Read().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void ReadConfig_QuickGelu_IsTheRows()
    {
        var models = ModelCatalog.Filter("ViT-B-32/metaclip_400m").Concat(ModelCatalog.Filter("ViT-B-32/datacomp_xl")).ToArray();

        Assert.Equal([Models.Activation.QuickGelu, Models.Activation.Gelu], models.Select(model => model.ReadConfig().Text.Activation));
    }

    [Fact]
    public void ReadConfig_Resolution_IsTheTables() =>
        Assert.All(
            ModelCatalog.All.Where(model => model.Name is "RN50" or "ViT-L-14-336" or "ViT-H-14-378" or "ViT-B-16-SigLIP-512"),
            model => Assert.Equal(model.Resolution, model.ReadConfig().Image.Resolution.Height));
}
