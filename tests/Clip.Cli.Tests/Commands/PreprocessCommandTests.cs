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
    public async Task Run_Images_WritesPixelsOfTheLibraryUnderFileNames()
    {
        var run = (await ToolRun.Of("preprocess", "--size", "48", "--output", Output, Images.Png, Images.Jpeg)).Returned(ExitCodes.Ok);

        Assert.Empty(run.Error);
        using var written = Checkpoint.Open(Output);
        Assert.Equal([Path.GetFileName(Images.Png), Path.GetFileName(Images.Jpeg)], written.Tensors.Keys);
        RequirePixels(written, Images.Png, PreprocessingConfig.OpenAI(48));
        RequirePixels(written, Images.Jpeg, PreprocessingConfig.OpenAI(48));
        Assert.Equal(["pixels.safetensors"], _folder.Names);
    }

    [Fact]
    public async Task Run_AllOptions_ChangeThePreprocessing()
    {
        (await ToolRun.Of(
            "preprocess", "--size", "32", "--resize", "longest", "--interpolation", "bilinear", "--mean", "0.5,0.4,0.3", "--std", "0.1,0.2,0.3",
            "--output", Output, Images.Jpeg)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(Output);
        RequirePixels(written, Images.Jpeg, new PreprocessingConfig
        {
            Resolution = 32,
            ResizeMode = ResizeMode.Longest,
            Interpolation = Interpolation.Bilinear,
            Mean = new(0.5f, 0.4f, 0.3f),
            Deviation = new(0.1f, 0.2f, 0.3f),
        });
    }

    [Fact]
    public async Task Run_FastDecoding_WritesPixelsOfReducedFiles()
    {
        (await ToolRun.Of("preprocess", "--size", "48", "--fast-decoding", "--output", Output, Images.Jpeg)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(Output);
        RequirePixels(written, Images.Jpeg, PreprocessingConfig.OpenAI(48), new() { FastDecoding = true });
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => RequirePixels(written, Images.Jpeg, PreprocessingConfig.OpenAI(48)));
    }

    [Theory]
    [InlineData("--max-pixels", "20", "more than the limit of 20 in all")]
    [InlineData("--max-side", "3", "3 on a side")]
    [InlineData("--max-image-bytes", "10", "more than the limit of 10")]
    [InlineData("--max-image-memory", "10", "10")]
    public async Task Run_ImageBeyondALimit_IsLeftOutAndSaysWhy(string option, string limit, string message)
    {
        var run = (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, option, limit, Images.Png)).Returned(ExitCodes.Failure);

        Assert.Contains(Images.Png, run.Error);
        Assert.Contains(message, run.Error);
    }

    [Fact]
    public async Task Run_UnreadableImage_IsLeftOutAndListed()
    {
        var run = (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Images.Broken, Images.Png, "missing.jpg", "--json")).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains(Images.Broken, run.Error);
        Assert.Contains("missing.jpg", run.Error);
        Assert.Equal(2, run.Json.GetProperty("leftOut").GetArrayLength());
        Assert.Equal(1, run.Json.GetProperty("images").GetInt32());
        using var written = Checkpoint.Open(Output);
        Assert.Single(written.Tensors);
    }

    [Fact]
    public async Task Run_NothingReadable_FailsAndWritesNothing()
    {
        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Images.Broken)).FailedWith(ExitCodes.Failure, "nothing was written");

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Run_TwoImagesOfOneName_IsRefusedUnlessKeysArePaths()
    {
        var other = Directory.CreateDirectory(_folder.File("other")).FullName;
        var copy = Path.Combine(other, Path.GetFileName(Images.Png));
        File.Copy(Images.Png, copy);

        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, Images.Png, copy)).FailedWith(ExitCodes.Usage, "--keys path");
        (await ToolRun.Of("preprocess", "--size", "8", "--output", Output, "--keys", "path", Images.Png, copy)).Returned(ExitCodes.Ok);

        using var written = Checkpoint.Open(Output);
        Assert.Equal([Images.Png, copy], written.Tensors.Keys);
    }

    [Fact]
    public async Task Run_FolderThatDoesNotExist_IsNamed() =>
        (await ToolRun.Of("preprocess", "--size", "8", "--output", _folder.File("no/x.safetensors"), Images.Png)).FailedWith(ExitCodes.Failure, "there is no folder");

    private static void RequirePixels(Checkpoint written, string image, PreprocessingConfig config, ImagePreprocessorOptions? options = null)
    {
        var preprocessor = new ImagePreprocessor(config, options);
        var expected = new float[preprocessor.Length];
        preprocessor.Preprocess(image, expected);
        using var tensor = written.ReadTensor(Path.GetFileName(image));
        Assert.Equal([3, config.Resolution.Height, config.Resolution.Width], tensor.shape);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray());
    }
}
