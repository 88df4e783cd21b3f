using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Commands;

public sealed class ModelsCommandTests
{
    [Fact]
    public async Task Run_Filter_ListsWhatFits()
    {
        var run = (await ToolRun.Of("models", "ViT-B-16", "datacomp_xl")).Returned(ExitCodes.Ok);

        Assert.Equal(["ViT-B-16/datacomp_xl_s13b_b90k\t224\t149.6 M\t73.5 %\tMIT\tlaion/CLIP-ViT-B-16-DataComp.XL-s13B-b90K"], run.Lines);
    }

    [Fact]
    public async Task Run_All_ListsEveryName() =>
        Assert.Equal(
            ClipModel.List().Select(model => model.FullName),
            (await ToolRun.Of("models")).Returned(ExitCodes.Ok).Lines.Select(line => line.Split('\t')[0]));

    [Fact]
    public async Task Run_Json_HasAllFields()
    {
        var json = (await ToolRun.Of("models", "siglip2-base-patch16-224", "--json")).Returned(ExitCodes.Ok).Json;

        var model = Assert.Single(json.EnumerateArray());
        Assert.Equal("ViT-B-16-SigLIP2", model.GetProperty("name").GetString());
        Assert.Equal("webli", model.GetProperty("tag").GetString());
        Assert.Equal("timm/ViT-B-16-SigLIP2", model.GetProperty("repository").GetString());
        Assert.Equal("google/siglip2-base-patch16-224", model.GetProperty("alsoAt").GetString());
        Assert.Equal(0.782, model.GetProperty("imageNetAccuracy").GetDouble());
        Assert.Equal("big_vision", model.GetProperty("accuracySource").GetString());
    }
}
