using System.Runtime.InteropServices;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.Preprocessing;

namespace Clip.Cli.Tests.Commands;

public sealed class PreprocessCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("pixels.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Pictures_WritesPixelsOfTheLibraryUnderFileNames()
    {
        var run = (await ToolRun.Of("preprocess", "--size", "48", "--output", Output, Pictures.Png, Pictures.Jpeg)).Returned(ExitCodes.Ok);

        Assert.Empty(run.Error);
        using var written = Checkpoint.Open(Output);
        Assert.Equal([Path.GetFileName(Pictures.Png), Path.GetFileName(Pictures.Jpeg)], written.Tensors.Keys);
        RequirePixels(written, Pictures.Png, PreprocessingConfig.OpenAI(48));
        RequirePixels(written, Pictures.Jpeg, PreprocessingConfig.OpenAI(48));
        Assert.Equal(["pixels.safetensors"], _folder.Names);
    }

    [Fact]
    public async Task Run_AllOptions_ChangeThePreprocessing()
    {
        (await ToolRun.Of(
            "preprocess", "--size", "32", "--resize", "longest", "--interpolation", "bilinear", "--mean", "0.5,0.4,0.3", "--std", "0.1,0.2,0.3",
            "--output", Output, Pictures.Jpeg)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(Output);
        RequirePixels(written, Pictures.Jpeg, new PreprocessingConfig
        {
            Resolution = 32, ResizeMode = ResizeMode.Longest, Interpolation = Interpolation.Bilinear, Mean = new(0.5f, 0.4f, 0.3f), Deviation = new(0.1f, 0.2f, 0.3f),
        });
    }

    [Fact]
    public async Task Run_UnreadablePicture_IsLeftOutAndListed()
    {
        var run = (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Pictures.Broken, Pictures.Png, "missing.jpg", "--json")).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains(Pictures.Broken, run.Error);
        Assert.Contains("missing.jpg", run.Error);
        Assert.Equal(2, run.Json.GetProperty("leftOut").GetArrayLength());
        Assert.Equal(1, run.Json.GetProperty("images").GetInt32());
        using var written = Checkpoint.Open(Output);
        Assert.Single(written.Tensors);
    }

    [Fact]
    public async Task Run_NothingReadable_FailsAndWritesNothing()
    {
        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Pictures.Broken)).FailedWith(ExitCodes.Failure, "nothing was written");

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Run_TwoPicturesOfOneName_IsRefusedUnlessKeysArePaths()
    {
        var other = Directory.CreateDirectory(_folder.File("other")).FullName;
        var copy = Path.Combine(other, Path.GetFileName(Pictures.Png));
        File.Copy(Pictures.Png, copy);

        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Pictures.Png, copy)).FailedWith(ExitCodes.Usage, "--keys path");
        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, "--keys", "path", Pictures.Png, copy)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(Output);
        Assert.Equal([Pictures.Png, copy], written.Tensors.Keys);
    }

    [Fact]
    public async Task Run_FolderThatDoesNotExist_IsNamed() =>
        (await ToolRun.Of("preprocess", "--size", "8", "--output", _folder.File("no/x.safetensors"), Pictures.Png)).FailedWith(ExitCodes.Failure, "there is no folder");

    private static void RequirePixels(Checkpoint written, string picture, PreprocessingConfig config)
    {
        var preprocessor = new ImagePreprocessor(config);
        var expected = new float[preprocessor.Length];
        preprocessor.Preprocess(picture, expected);
        using var tensor = written.ReadTensor(Path.GetFileName(picture));
        Assert.Equal([3, config.Resolution.Height, config.Resolution.Width], tensor.shape);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray());
    }
}
