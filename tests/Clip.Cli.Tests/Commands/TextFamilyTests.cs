using Clip.Cli.Tests.Support;
using Clip.Models;

namespace Clip.Cli.Tests.Commands;

/// <summary>Models with other text towers than CLIP's, from their recorded weights.</summary>
public sealed class TextFamilyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("open_clip_moderntext_map", 83, 32, 2)]
    [InlineData("hf_text_modernbert_cls_linear", 120, 32, 4)]
    [InlineData("coca_roberta", 100, 32, 2)]
    public async Task Run_InspectAndConvert_ReadAndKeepTheTower(string name, int vocabulary, int width, int layers)
    {
        var (source, output) = (_folder.File("source"), _folder.File("output"));
        Directory.CreateDirectory(source);
        File.Copy(Fixtures.Find("towers", name, "open_clip_config.json"), Path.Combine(source, "open_clip_config.json"));
        File.Copy(Fixtures.Find("towers", name, "model.safetensors"), Path.Combine(source, "open_clip_model.safetensors"));

        var inspected = (await ToolRun.Of("inspect", source, "--json")).Returned(ExitCodes.Ok).Json.GetProperty("architecture");
        (await ToolRun.Of("convert", source, output, "--to", "native")).Returned(ExitCodes.Ok);

        Assert.Equal((vocabulary, width, layers), (Number("vocabularySize"), Number("textWidth"), Number("textLayers")));
        using var expected = DualEncoder.Load(source);
        using var converted = DualEncoder.Load(output);
        Assert.Equal(expected.Config, converted.Config);
        using var tokens = torch.arange(4, 10, torch.ScalarType.Int64).unsqueeze(0);
        using var before = expected.EncodeTexts(tokens);
        using var after = converted.EncodeTexts(tokens);
        TensorAssert.BitEqual(before, after);

        int Number(string property) => inspected.GetProperty(property).GetInt32();
    }
}
