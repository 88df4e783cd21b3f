using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Commands;

public sealed class DownloadCommandTests
{
    [Fact]
    public async Task Run_List_NamesTheModels()
    {
        var run = (await ToolRun.Of("download", "--list")).Returned(ExitCodes.Ok);

        Assert.Equal(ClipModel.AvailableModels, run.Lines);
    }

    [Fact]
    public async Task Run_OfflineWithoutCache_SaysHowToGetIt()
    {
        using var cache = new TemporaryFolder();

        (await ToolRun.Of("download", "ViT-B/32", "--offline", "--cache", cache.Path)).FailedWith(ExitCodes.Failure, "not in the cache", "--offline");
    }

    [Fact]
    public async Task Run_NoModelsName_NamesTheModels() =>
        (await ToolRun.Of("download", "ViT-B/33 or so", "--offline")).FailedWith(ExitCodes.Failure, "ViT-B/32");

    [Fact]
    public async Task Run_Folder_IsLeftWhereItIs()
    {
        var folder = Fixtures.Find("checkpoints", "hf_clip");

        var json = (await ToolRun.Of("download", folder, "--json")).Returned(ExitCodes.Ok).Json;

        Assert.Equal(folder, json.GetProperty("path").GetString());
    }
}
