using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.ZeroShot;

namespace Clip.Cli.Tests.Commands;

public sealed class ClassifyCommandTests(TinyModel model)
{
    [Fact]
    public async Task Run_Images_GivesAnswersOfTheLibrary()
    {
        using var classifier = new ZeroShotClassifier(model.Clip, ["cat", "dog", "fox"]);
        var expected = classifier.Classify(Images.Jpeg, top: 2);

        var run = (await Classify("cat, dog,fox", "--json", "--top", "2", Images.Jpeg, Images.Png)).Returned(ExitCodes.Ok);

        Assert.Equal([Images.Jpeg, Images.Png], run.JsonLines.Select(line => line.GetProperty("image").GetString()));
        var predictions = run.JsonLines[0].GetProperty("predictions").EnumerateArray().ToArray();
        Assert.Equal(expected.Select(prediction => prediction.ClassName), predictions.Select(prediction => prediction.GetProperty("label").GetString()));
        foreach (var (prediction, actual) in expected.Zip(predictions))
        {
            // Batches of different sizes differ by float32 rounding.
            Assert.Equal(prediction.Probability, actual.GetProperty("probability").GetSingle(), 1e-4f);
            Assert.Equal(prediction.Similarity, actual.GetProperty("similarity").GetSingle(), 1e-5f);
        }
    }

    [Fact]
    public async Task Run_Redirected_WritesColumnsWithTabs()
    {
        var run = (await Classify("cat,dog", Images.Png)).Returned(ExitCodes.Ok);

        Assert.Equal(2, run.Lines.Length);
        Assert.All(run.Lines, line => Assert.Matches(@"^[^\t]+\t(cat|dog)\t\d\.\d{6}\t-?\d\.\d{4}$", line));
        Assert.DoesNotContain('\u001B', run.Output);
    }

    [Fact]
    public async Task Run_LabelsAndTemplatesFromFiles_AreReadLineByLine()
    {
        using var folder = new TemporaryFolder();
        var labels = folder.Write("labels.txt", [.. "cat\n\n  red fox \r\n"u8]);
        var templates = folder.Write("templates.txt", [.. "a {}.\nthe {}.\n"u8]);
        using var classifier = new ZeroShotClassifier(model.Clip, ["cat", "red fox"], PromptTemplates.Of("a {}.", "the {}."));
        var expected = classifier.Classify(Images.Png, top: 1)[0];

        var run = (await Classify($"@{labels}", "--templates", $"@{templates}", "--json", Images.Png)).Returned(ExitCodes.Ok);

        var actual = run.JsonLines[0].GetProperty("predictions")[0];
        Assert.Equal(expected.ClassName, actual.GetProperty("label").GetString());
        Assert.Equal(expected.Similarity, actual.GetProperty("similarity").GetSingle(), 1e-5f);
    }

    [Fact]
    public async Task Run_Folder_TakesItsImagesInOrder()
    {
        using var folder = new TemporaryFolder();
        Images.CopyTo(folder.Path);
        folder.Write("notes.txt", [1]);

        var run = (await Classify("cat,dog", "--json", folder.Path)).Returned(ExitCodes.Ok);

        Assert.Equal(["a.jpg", "b.png", "c/d.bmp"], run.JsonLines.Select(line => Path.GetRelativePath(folder.Path, line.GetProperty("image").GetString()!).Replace('\\', '/')));
    }

    [Fact]
    public async Task Run_HighThreshold_AnswersNothing()
    {
        var run = (await Classify("cat,dog", "--min-similarity", "0.99", "--json", Images.Png)).Returned(ExitCodes.Ok);

        Assert.Equal(0, run.JsonLines[0].GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task Run_UnreadableImage_IsListedAndLeftOut()
    {
        var run = (await Classify("cat,dog", "--json", Images.Broken, Images.Png)).Returned(ExitCodes.SomeLeftOut);

        Assert.Contains(Images.Broken, run.Error);
        Assert.True(run.JsonLines[0].TryGetProperty("error", out _));
        Assert.True(run.JsonLines[1].TryGetProperty("predictions", out _));
    }

    [Fact]
    public async Task Run_OnlyUnreadableImages_Fails() =>
        (await Classify("cat,dog", Images.Broken)).FailedWith(ExitCodes.Failure, "None of the 1 images");

    [Fact]
    public async Task Run_ImageThatDoesNotExist_FailsBeforeLoading() =>
        (await ToolRun.Of("classify", "--model", "no/such-model", "--offline", "--labels", "a,b", "missing.jpg")).FailedWith(ExitCodes.Failure, "There is no file or folder 'missing.jpg'");

    [Fact]
    public async Task Run_FolderWithoutImages_Fails()
    {
        using var folder = new TemporaryFolder();

        (await Classify("a,b", folder.Path)).FailedWith(ExitCodes.Failure, "There are no images");
    }

    [Theory]
    [InlineData("cat,cat", "photo")]
    [InlineData(" , ", "photo")]
    [InlineData("cat,dog", "no placeholder")]
    public async Task Run_WrongLabelsOrTemplates_IsUsageError(string labels, string templates) =>
        (await Classify(labels, "--templates", templates, Images.Png)).FailedWith(ExitCodes.Usage);

    [Fact]
    public async Task Run_LabelTooLong_FailsUnlessTruncated()
    {
        var label = new string('z', 40);

        (await Classify($"cat,{label}", Images.Png)).FailedWith(ExitCodes.Failure, "tokens");
        (await Classify($"cat,{label}", "--truncate", Images.Png)).Returned(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_WeightsThatSayNothing_FailsWithOptions() =>
        (await ToolRun.Of("classify", "--model", Fixtures.Find("checkpoints", "native.safetensors"), "--labels", "a,b", Images.Png))
            .FailedWith(ExitCodes.Failure, "--activation", "--preprocessing");

    [Fact]
    public async Task Run_NameWithEscapeSequence_IsShownNotSent()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("File names of Windows hold no control characters.");
        using var folder = new TemporaryFolder();
        File.Copy(Images.Png, folder.File("\u001B[31m[red]\n.png"));

        var run = (await Classify("cat,dog", folder.Path)).Returned(ExitCodes.Ok);

        Assert.DoesNotContain('\u001B', run.Output);
        Assert.Contains(@"\u001B[31m[red]\n.png", run.Output);
    }

    [Fact]
    public async Task Run_RecordedModel_GivesRecordedProbabilities()
    {
        var data = External.Require(External.ReferenceData, "zeroshot");
        var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(data, "zeroshot.json"))).RootElement;
        var images = recorded.GetProperty("images").EnumerateArray().Select(name => Path.Combine(data, "..", "preprocess", "images", name.GetString()!)).ToArray();
        var classes = recorded.GetProperty("classes").EnumerateArray().Select(name => name.GetString()!).ToArray();
        using var folder = new TemporaryFolder();
        var labels = folder.Write("labels.txt", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', classes)));

        // The recording prepares images as OpenAI does, which its folder's config cannot say.
        var run = (await ToolRun.Of([
            "classify", "--model", Path.Combine(data, "hf_clip_e2e_fp16"), "--preprocessing", "openai", "--device", "cpu", "--precision", "f32",
            "--labels", $"@{labels}", "--templates", "simple", "--json", .. images])).Returned(ExitCodes.Ok);

        using var file = Checkpoint.Open(Path.Combine(data, "zeroshot.safetensors"));
        using var tensor = file.ReadTensor("probs.f32");
        var expected = MemoryMarshal.Cast<byte, float>(tensor.bytes).ToArray();
        for (var image = 0; image < images.Length; image++)
        {
            var actual = run.JsonLines[image].GetProperty("predictions").EnumerateArray()
                .ToDictionary(prediction => prediction.GetProperty("label").GetString()!, prediction => prediction.GetProperty("probability").GetSingle());
            for (var label = 0; label < classes.Length; label++)
                Assert.Equal(expected[image * classes.Length + label], actual[classes[label]], 1e-4f);
        }
    }

    private Task<ToolRun> Classify(string labels, params string[] more) =>
        ToolRun.Of(["classify", "--model", model.Folder, "--device", "cpu", "--labels", labels, .. more]);
}
