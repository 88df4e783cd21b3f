using Clip.Shared;
namespace Clip.Tests;

public sealed class ModelCatalogTests
{
    [Theory]
    [InlineData("ViT-B/32", "ViT-B-32/openai")]
    [InlineData("vit-b-32", "ViT-B-32/openai")]
    [InlineData("ViT-L/14@336px", "ViT-L-14-336/openai")]
    [InlineData("ViT-B-32-quickgelu", "ViT-B-32/openai")]
    [InlineData("RN50", "RN50/openai")]
    [InlineData("MobileCLIP2-S0", "MobileCLIP2-S0/dfndr2b")]
    [InlineData("ViT-B-16-SigLIP2", "ViT-B-16-SigLIP2/webli")]
    [InlineData("ViT-H-14", "ViT-H-14/laion2b_s32b_b79k")]
    [InlineData("ViT-H-14-quickgelu", "ViT-H-14/dfn5b")]
    [InlineData("ViT-g-14", "ViT-g-14/laion2b_s34b_b88k")]
    [InlineData("MobileCLIP-B", "MobileCLIP-B/datacompdr_lt")]
    public void TryFind_NameAlone_MeansOpenAIsElseTheMostAccurateFreeOne(string name, string expected) =>
        Assert.Equal(expected, Find(name));

    [Theory]
    [InlineData("ViT-B-16/datacomp_xl_s13b_b90k", "ViT-B-16/datacomp_xl_s13b_b90k")]
    [InlineData("ViT-B-16/datacomp_xl", "ViT-B-16/datacomp_xl_s13b_b90k")]
    [InlineData("ViT-B/16/datacomp_xl", "ViT-B-16/datacomp_xl_s13b_b90k")]
    [InlineData("ViT-B-16:DataComp-XL", "ViT-B-16/datacomp_xl_s13b_b90k")]
    [InlineData("ViT-B-32/laion2b_s34b", "ViT-B-32/laion2b_s34b_b79k")]
    [InlineData("MobileCLIP-B/datacompdr", "MobileCLIP-B/datacompdr")]
    [InlineData("ViT-B-32-quickgelu/metaclip_400m", "ViT-B-32/metaclip_400m")]
    [InlineData("siglip2-base-patch16-224", "ViT-B-16-SigLIP2/webli")]
    [InlineData("clip-vit-base-patch32", "ViT-B-32/openai")]
    public void TryFind_TagOrRepositorysName_MeansItsModel(string name, string expected) =>
        Assert.Equal(expected, Find(name));

    [Theory]
    [InlineData("openai/clip-vit-base-patch32")]
    [InlineData("org/name")]
    [InlineData("ViT-B-33")]
    [InlineData("/")]
    [InlineData(":openai")]
    public void TryFind_OtherNames_AreNone(string name) => Assert.False(ModelCatalog.TryFind(name, out _));

    [Fact]
    public void TryFind_BeginningOfSeveralTags_NamesThem()
    {
        var error = Assert.Throws<ModelSourceException>(() => ModelCatalog.TryFind("ViT-B-32/laion2b", out _));

        Assert.Contains("ViT-B-32/laion2b_e16, ViT-B-32/laion2b_s34b_b79k", error.Message);
    }

    [Theory]
    [InlineData("ViT-B-16/imagenet")]
    [InlineData("ViT-B-16/data")]
    [InlineData("ViT-B-16/")]
    public void TryFind_NoTagOfTheModel_NamesItsTags(string name) =>
        Assert.Contains("datacomp_xl_s13b_b90k", Assert.Throws<ModelSourceException>(() => ModelCatalog.TryFind(name, out _)).Message);

    [Theory]
    [InlineData("MobileCLIP2-S1", "MobileCLIP2-S0")]
    [InlineData("ViT-B/23", "ViT-B-32")]
    [InlineData("vitamin-xxl-384", "ViTamin-XL-384")]
    [InlineData("coca_vit-l-41", "coca_ViT-L-14")]
    public void Suggest_Misspelled_HasTheNameThatIsMeant(string name, string expected)
    {
        var near = ModelCatalog.Suggest(name);

        Assert.Contains(expected, near);
        Assert.InRange(near.Count, 1, 3);
    }

    [Fact]
    public void Suggest_NothingAlike_IsEmpty() => Assert.Empty(ModelCatalog.Suggest("stable diffusion"));

    [Fact]
    public void FindByRepository_SeveralModels_TakesTheOneThatIsNamedAlike()
    {
        Assert.Equal("ViT-SO400M-14-SigLIP-384", ModelCatalog.FindByRepository("timm/ViT-SO400M-14-SigLIP-384")?.Name);
        Assert.Equal("ViT-B-32/openai", ModelCatalog.FindByRepository("OpenAI/clip-vit-base-patch32")?.FullName);
        Assert.Null(ModelCatalog.FindByRepository("org/name"));
    }

    [Fact]
    public void List_Filter_NeedsEveryWord()
    {
        Assert.Equal(ModelCatalog.All, ClipModel.List());
        Assert.Equal(["ViT-B-16/datacomp_xl_s13b_b90k", "ViT-B-16/datacomp_l_s1b_b8k"], ClipModel.List("vit-b-16 DataComp").Select(model => model.FullName));
        Assert.Contains(ClipModel.List("cc-by-nc"), model => model.Name == "nllb-clip-base");
        Assert.Empty(ClipModel.List("no such model"));
    }

    [Fact]
    public void List_OpenAIsNine_AreThere() =>
        Assert.Equal(ClipModel.AvailableModels, ClipModel.List().Where(model => model.Tag == "openai").Select(model => OpenAIModel.NameOf(model)));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ViT", "vit", 0)]
    [InlineData("", "abc", 3)]
    public void EditDistance_Between_IsLevenshteins(string left, string right, int expected)
    {
        Assert.Equal(expected, EditDistance.Between(left, right));
        Assert.Equal(expected, EditDistance.Between(right, left));
    }

    private static string? Find(string name) => ModelCatalog.TryFind(name, out var model) ? model.FullName : null;

    [Theory]
    [InlineData("BiomedCLIP", "microsoft/BiomedCLIP-PubMedBERT_256-vit_base_patch16_224")]
    [InlineData("ChineseCLIP-ViT-B/16", "OFA-Sys/chinese-clip-vit-base-patch16")]
    [InlineData("chinese-clip-vit-huge-patch14", "OFA-Sys/chinese-clip-vit-huge-patch14")]
    [InlineData("AltCLIP", "BAAI/AltCLIP")]
    public void TryFind_ModelsOutsideOpenClip_HaveTheirRepositories(string name, string repository)
    {
        Assert.True(ModelCatalog.TryFind(name, out var model));
        Assert.Equal(repository, model.Repository);
    }

    [Fact]
    public void ReadConfig_BiomedClip_IsThatOfItsRepository()
    {
        Assert.True(ModelCatalog.TryFind("BiomedCLIP", out var known));

        var config = known.ReadConfig();

        Assert.Equal((512, 224, 256), (config.EmbeddingSize, (int)config.Image.Resolution.Height, config.Text.ContextLength));
    }

    [Fact]
    public void ConfigJson_OfHuggingFacesOwnArchitectures_IsEmpty() =>
        Assert.Equal(
            ["ChineseCLIP-ViT-B-16", "ChineseCLIP-ViT-L-14", "ChineseCLIP-ViT-L-14-336", "ChineseCLIP-ViT-H-14", "AltCLIP"],
            ModelCatalog.All.Where(model => model.ConfigJson.Length == 0).Select(model => model.Name));
}
