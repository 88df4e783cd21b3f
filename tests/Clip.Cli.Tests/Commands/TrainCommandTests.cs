using System.Text;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.Models;
using Clip.Preprocessing;

namespace Clip.Cli.Tests.Commands;

public sealed class TrainCommandTests(TinyModel model, TrainingImages images) : IClassFixture<TrainingImages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string RunFolder => _folder.File("run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_FineTuning_WritesModelThatToolAndLibraryRead()
    {
        var run = (await Train("--steps", "4", "--validation", images.List, "--evaluate-every", "2", "--report-every", "1", "--average-decay", "0.5", "--json"))
            .Returned(ExitCodes.Ok);

        Assert.Equal(["step", "step", "evaluation", "step", "step", "evaluation", "done"], run.JsonLines.Select(line => line.GetProperty("kind").GetString()));
        Assert.Equal(4, run.JsonLines[^3].GetProperty("step").GetInt32());
        Assert.Equal(32, run.JsonLines[^3].GetProperty("pairsSeen").GetInt32());
        Assert.True(double.IsFinite(run.JsonLines[0].GetProperty("loss").GetDouble()));
        Assert.InRange(run.JsonLines[^2].GetProperty("metrics").GetProperty("text_to_image_R@10").GetDouble(), 0, 1);
        Assert.Equal(2, run.JsonLines[2].GetProperty("step").GetInt32());
        Assert.Equal(Path.Combine(RunFolder, "model"), run.JsonLines[^1].GetProperty("model").GetString());
        Assert.Equal(["model", "model-average", "step-000004"], Directory.GetDirectories(RunFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var weights = Path.Combine(RunFolder, "model", "open_clip_model.safetensors");
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(model.Folder, "open_clip_model.safetensors")), File.ReadAllBytes(weights));
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(RunFolder, "model-average", "open_clip_model.safetensors")), File.ReadAllBytes(weights));
        using var trained = ClipModel.Load(Path.Combine(RunFolder, "model"), new ClipModelOptions { Device = "cpu" });
        Assert.Equal(model.Clip.Card.Preprocessing, trained.Card.Preprocessing);
        Assert.Equal(model.Clip.Tokenizer.Tokenize("the photo"), trained.Tokenizer.Tokenize("the photo"));
        Assert.NotEqual(model.Clip.EmbedText("the photo"), trained.EmbedText("the photo"));
        (await ToolRun.Of("classify", "--model", Path.Combine(RunFolder, "model-average"), "--device", "cpu", "--labels", "red,blue", Images.Png)).Returned(ExitCodes.Ok);
    }

    [Theory]
    [InlineData("list.csv")]
    [InlineData("shard.tar")]
    public async Task Run_DataIsPipe_IsRefused(string name)
    {
        var pipe = NamedPipe.Create(_folder.File(name));

        (await ToolRun.Of("train", "--init", model.Folder, "--device", "cpu", "--data", pipe, "--steps", "1", "--output", RunFolder).WithinLimit())
            .FailedWith(ExitCodes.Failure, pipe, "named pipe");
    }

    [Fact]
    public async Task Run_OptionsArePipe_IsRefused() =>
        (await ToolRun.Of("train", "--options", NamedPipe.Create(_folder.File("options.txt"))).WithinLimit()).FailedWith(ExitCodes.Failure, "named pipe");

    [Fact]
    public async Task Run_CancelledAndResumed_HasTheBitsOfAnUninterruptedRun()
    {
        string[] options = ["--steps", "4", "--report-every", "1", "--lora", "2", "--micro-batch", "4", "--seed", "3"];
        (await Train([.. options, "--output", _folder.File("whole")])).Returned(ExitCodes.Ok);

        var stopped = (await Cancelled(CommandLine([.. options]), afterLine: 2)).Returned(ExitCodes.Cancelled);
        Assert.Contains("checkpoint of step 2", stopped.Error);
        Assert.Equal(["step-000002"], Directory.GetDirectories(RunFolder).Select(Path.GetFileName));
        var resumed = (await ToolRun.Of("train", "--output", RunFolder, "--resume")).Returned(ExitCodes.Ok);

        Assert.Contains("continues at step 2 of 4", resumed.Error);
        Assert.Equal("step\t3\t", resumed.Lines[0][..7]);
        Assert.Equal(
            File.ReadAllBytes(_folder.File("whole/model/open_clip_model.safetensors")),
            File.ReadAllBytes(Path.Combine(RunFolder, "model", "open_clip_model.safetensors")));
    }

    [Fact]
    public async Task Run_FreshModelOnClassFolders_HasVocabularyPreprocessingAndBias()
    {
        var config = Path.Combine(model.Folder, "open_clip_config.json");

        var run = (await ToolRun.Of(
            "train", "--preset", config, "--vocabulary", model.Folder, "--data", images.Classes, "--templates", "a {} thing", "--loss", "siglip",
            "--output", RunFolder, "--device", "cpu", "--steps", "2", "--batch-size", "8", "--warmup", "1", "--schedule", "cooldown", "--cooldown", "1"))
            .Returned(ExitCodes.Ok);

        Assert.Equal(Path.Combine(RunFolder, "model"), run.Lines[^1].Split('\t')[1]);
        using var trained = ClipModel.Load(Path.Combine(RunFolder, "model"), new ClipModelOptions { Device = "cpu" });
        Assert.NotNull(trained.LogitBias);
        Assert.Equal(PreprocessingConfig.OpenAI(TinyClip.Resolution), trained.Card.Preprocessing);
        Assert.Equal(model.Clip.Tokenizer.Tokenize("a red thing"), trained.Tokenizer.Tokenize("a red thing"));
    }

    [Fact]
    public async Task Run_ModelInHuggingFacesLayout_IsWrittenInIt()
    {
        (await ToolRun.Of("convert", model.Folder, _folder.File("hf"), "--to", "hf")).Returned(ExitCodes.Ok);

        (await Train("--init", _folder.File("hf"), "--steps", "1")).Returned(ExitCodes.Ok);

        Assert.Equal(
            ["config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json"],
            Directory.GetFiles(Path.Combine(RunFolder, "model")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var trained = ClipModel.Load(Path.Combine(RunFolder, "model"), new ClipModelOptions { Device = "cpu" });
        Assert.Equal(PreprocessingConfig.HuggingFace(TinyClip.Resolution), trained.Card.Preprocessing);
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("0", false)]
    public async Task Run_ModelThatWritesCaptions_TrainsItsDecoderByItsWeight(string weight, bool isTrained)
    {
        const string Projection = "text_decoder.text_projection";
        var coca = TinyClip.Write(_folder.File("coca"), config: TinyClip.CoCa);

        (await Train("--init", coca, "--steps", "1", "--micro-batch", "3", "--caption-loss-weight", weight)).Returned(ExitCodes.Ok);

        using var before = Checkpoint.Open(Path.Combine(coca, "open_clip_model.safetensors"));
        using var after = Checkpoint.Open(Path.Combine(RunFolder, "model", "open_clip_model.safetensors"));
        using var one = before.ReadTensor(Projection);
        using var other = after.ReadTensor(Projection);
        Assert.Equal(isTrained, !one.bytes.SequenceEqual(other.bytes));
    }

    [Theory]
    [InlineData("--caption-loss-weight", "1", "models that write captions")]
    [InlineData("--contrastive-loss-weight", "0.5", "models that write captions")]
    public async Task Run_WeightsOfLossesThatAModelLacks_AreRefused(string option, string weight, string message) =>
        (await Train("--steps", "1", option, weight)).FailedWith(ExitCodes.Usage, option, message);

    [Fact]
    public async Task Run_WeightsOfZero_AreRefused() =>
        (await Train("--steps", "1", "--caption-loss-weight", "0", "--contrastive-loss-weight", "0")).FailedWith(ExitCodes.Usage, "must not both be 0");

    [Fact]
    public async Task Run_OnATerminal_ShowsABarInPlaceOfLines()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new ToolConsole(Stream.Null, output, error, isOutputTerminal: true, isErrorTerminal: true);

        var code = await ClipTool.RunAsync(CommandLine(["--steps", "2"]), console, TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Ok, code);
        Assert.StartsWith("model\t", output.ToString());
        Assert.Contains("step 2 of 2, loss", error.ToString());
    }

    [Fact]
    public async Task Process_Interrupted_LeavesACheckpoint()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows sends Ctrl-C to consoles, not to processes.");
        using var tool = new ToolProcess(CommandLine(["--steps", "1000000", "--report-every", "1"]));
        Assert.StartsWith("step\t1\t", await tool.Output.ReadLineAsync(Patience.Token));

        tool.Send(Signals.Interrupt);

        var run = (await tool.EndAsync()).Returned(ExitCodes.Cancelled);
        var checkpoint = Assert.Single(Directory.GetDirectories(RunFolder));
        Assert.Contains($"checkpoint of step {int.Parse(Path.GetFileName(checkpoint)[5..])}", run.Error);
    }

    [Fact]
    public async Task Run_Shards_TakesPatternsWeightsAndCaptionsInJson()
    {
        var run = await ToolRun.Of(
            "train", "--init", model.Folder, "--data", images.ShardPattern, "--data", images.Folder, "--weights", "1,2", "--caption-column", "caption",
            "--validation", images.ShardPattern, "--validation-pairs", "12", "--output", RunFolder, "--device", "cpu", "--steps", "3", "--batch-size", "12", "--json");

        Assert.Equal(36, run.Returned(ExitCodes.Ok).JsonLines[^3].GetProperty("pairsSeen").GetInt32());
        Assert.True(Directory.Exists(Path.Combine(RunFolder, "model")));
    }

    [Fact]
    public async Task Run_OptionsFile_GoesBehindTheCommandLine()
    {
        var file = Options($"# a run\n\n  init = {model.Folder}\ndata = {images.List}\ndata = {images.List}\ndevice=cpu\nsteps = 3\nbatch-size = 40\nlock-image = true\n");

        var run = (await ToolRun.Of("train", "--options", file, "--output", RunFolder, "--steps", "1", "--json")).Returned(ExitCodes.Ok);

        Assert.Equal(1, run.JsonLines[0].GetProperty("totalSteps").GetInt32());
        Assert.Equal(40, run.JsonLines[0].GetProperty("pairsSeen").GetInt32());
        using var trained = DualEncoder.Load(Path.Combine(RunFolder, "model"));
        using var start = DualEncoder.Load(model.Folder);
        Assert.All(
            trained.Image.named_parameters().Zip(start.Image.named_parameters()),
            pair => Assert.True(pair.First.parameter.allclose(pair.Second.parameter, 0, 0)));
    }

    [Theory]
    [InlineData("steps = 1\nlearning_rate = 1", "line 2", "learning_rate")]
    [InlineData("steps = 1\n# twice\nsteps = 2", "line 3", "twice")]
    [InlineData("steps", "line 1", "name = value")]
    [InlineData("steps =", "line 1", "value")]
    [InlineData("steps = many", "line 1", "whole number")]
    [InlineData("schedule = linear", "line 1", "cosine")]
    [InlineData("lock-image = perhaps", "line 1", "perhaps")]
    [InlineData("resume = true", "line 1", "command line only")]
    public async Task Run_WrongOptionsFile_IsRefusedWithItsLine(string text, params string[] parts)
    {
        (await ToolRun.Of("train", "--options", Options(text), "--output", RunFolder)).FailedWith(ExitCodes.Usage, parts);
        Assert.False(Directory.Exists(RunFolder));
    }

    [Theory]
    [InlineData("--steps")]
    [InlineData("--validation-pairs", "--validation-pairs", "3")]
    [InlineData("--cooldown", "--schedule", "cooldown")]
    [InlineData("--lora", "--lora", "2", "--lock-text")]
    [InlineData("--lora-alpha", "--lora-alpha", "2")]
    [InlineData("--unlocked-image-groups", "--unlocked-image-groups", "2")]
    [InlineData("--micro-batch", "--micro-batch", "9")]
    [InlineData("--warmup", "--warmup", "9")]
    [InlineData("--evaluate-every", "--evaluate-every", "2")]
    [InlineData("--best-metric", "--best-metric", "text_to_image_R@1")]
    [InlineData("--preset", "--preset", "ViT-B/32")]
    [InlineData("--templates", "--templates", "photo")]
    [InlineData("--weights", "--weights", "2")]
    [InlineData("--allow-changes", "--allow-changes")]
    public async Task Run_OptionsThatContradict_AreRefusedBeforeTraining(string named, params string[] options)
    {
        var steps = options.Length == 0 ? [] : (string[])["--steps", "4"];

        (await Train([.. steps, .. options])).FailedWith(ExitCodes.Usage, named);

        Assert.False(Directory.Exists(RunFolder));
    }

    [Fact]
    public async Task Run_DataThatDoesNotServe_IsRefusedBeforeTraining()
    {
        var columns = images.Write("columns.csv", "photo,caption\na.png,a\n");

        (await Train("--steps", "1", "--batch-size", "25")).FailedWith(ExitCodes.Failure, "--batch-size is 25", "24 pairs");
        (await Train("--steps", "1", "--validation", images.List, "--validation-pairs", "25")).FailedWith(ExitCodes.Failure, "--validation-pairs is 25");
        (await On("missing.csv")).FailedWith(ExitCodes.Failure, "missing.csv");
        (await On("missing-*.tar")).FailedWith(ExitCodes.Failure, "missing-*.tar");
        (await On(columns)).FailedWith(ExitCodes.Failure, "'filepath'", "'photo'", "--image-column");
        (await On(Images.Png)).FailedWith(ExitCodes.Usage, ".parquet");
        (await Train("--steps", "1", "--precision", "f16")).FailedWith(ExitCodes.Failure, "float16");
        Assert.False(Directory.Exists(RunFolder));

        Task<ToolRun> On(string data) =>
            ToolRun.Of("train", "--init", model.Folder, "--data", data, "--output", RunFolder, "--device", "cpu", "--steps", "1", "--batch-size", "1");
    }

    [Fact]
    public async Task Run_FolderOfAnotherRun_IsRefusedWithTheRemedy()
    {
        (await ToolRun.Of("train", "--output", RunFolder, "--resume")).FailedWith(ExitCodes.Failure, "no run", "--resume");
        (await Train("--steps", "1")).Returned(ExitCodes.Ok);

        (await Train("--steps", "1")).FailedWith(ExitCodes.Failure, "holds a run", "--resume");
        (await ToolRun.Of("train", "--output", RunFolder, "--resume", "--steps", "2", "--warmup", "0")).FailedWith(ExitCodes.Failure, "Steps was 1 and is 2", "--allow-changes");
        var longer = (await ToolRun.Of("train", "--output", RunFolder, "--resume", "--steps", "2", "--warmup", "0", "--allow-changes")).Returned(ExitCodes.Ok);

        Assert.Equal("step\t2\t", longer.Lines[0][..7]);
        (await ToolRun.Of("train", "--output", RunFolder, "--resume")).Returned(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_ResumedWithTheOtherDecoding_IsRefused()
    {
        (await Train("--steps", "1")).Returned(ExitCodes.Ok);

        (await ToolRun.Of("train", "--output", RunFolder, "--resume", "--fast-decoding")).FailedWith(ExitCodes.Failure, "fast False", "fast True");
    }

    [Fact]
    public async Task Run_UnreadableImage_IsLeftOutAndSaid()
    {
        var list = images.Write("broken.csv", File.ReadAllText(images.List) + "classes/none.png,nothing\n");

        var run = await ToolRun.Of(
            "train", "--init", model.Folder, "--data", list, "--output", RunFolder, "--device", "cpu", "--steps", "3", "--batch-size", "8", "--json");

        Assert.Equal(1, run.Returned(ExitCodes.SomeLeftOut).JsonLines[^1].GetProperty("skippedSamples").GetInt32());
        Assert.Contains("1 samples", run.Error);
    }

    private string Options(string text) => _folder.Write("options.txt", Encoding.UTF8.GetBytes(text));

    private string[] CommandLine(string[] options)
    {
        string[] usual = ["--init", model.Folder, "--batch-size", "8", "--output", RunFolder];
        return
        [
            "train", "--data", images.List, "--device", "cpu", "--learning-rate", "1e-3", .. options,
            .. usual.Chunk(2).Where(pair => !options.Contains(pair[0])).SelectMany(pair => pair),
        ];
    }

    private Task<ToolRun> Train(params string[] options) => ToolRun.Of(CommandLine(options));

    private static async Task<ToolRun> Cancelled(string[] arguments, int afterLine)
    {
        using var source = new CancellationTokenSource();
        using var output = new CancellingWriter(source, afterLine);
        using var error = new StringWriter { NewLine = "\n" };
        var code = await ClipTool.RunAsync(arguments, new ToolConsole(Stream.Null, output, error), source.Token);
        return new ToolRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Cancels when a line has been written.</summary>
    private sealed class CancellingWriter(CancellationTokenSource source, int afterLine) : StringWriter
    {
        private int _lines;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (++_lines == afterLine)
                source.Cancel();
        }
    }
}
