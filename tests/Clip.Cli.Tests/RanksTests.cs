using System.Globalization;
using System.Runtime.InteropServices;
using Clip.Checkpoints;
using Clip.Cli.Tests.Support;
using Clip.Cli.Training;
using Clip.Models;

namespace Clip.Cli.Tests;

/// <summary><c>clip train</c> under the launchers of MPI, where they are installed.</summary>
public sealed class RanksTests(TinyModel model, TrainingImages images) : IClassFixture<TrainingImages>, IDisposable
{
    private const int SigTerm = 15;

    // Each rank's training with one thread: machines of tests have few processors, and MPI waits busily.
    private static readonly Dictionary<string, string[]> Launchers = new()
    {
        ["Open MPI"] = ["mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-x", "OMP_NUM_THREADS=1"],
        ["MPICH"] = ["mpiexec.mpich", "-genv", "OMP_NUM_THREADS", "1"],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Open MPI", 2)]
    [InlineData("MPICH", 4)]
    public async Task Run_Ranks_TrainTheModelOfOne(string launcher, int ranks)
    {
        var start = Require(launcher);
        (await ToolRun.Of([.. Train("one", "--steps", "4", "--batch-size", "8", "--learning-rate", "1e-4"), "--distributed", "none"])).Returned(ExitCodes.Ok);

        var run = await Start(start, ranks, Train("ranks", "--steps", "4", "--batch-size", "8", "--learning-rate", "1e-4")).EndAsync();

        run.Returned(ExitCodes.Ok);
        Assert.Contains($"{ranks} ranks train together", run.Error);
        Assert.Equal(4, run.Lines.Count(line => line.StartsWith("step\t", StringComparison.Ordinal)));        // of one rank alone
        Assert.Single(run.Lines, line => line.StartsWith("evaluation\t", StringComparison.Ordinal));
        RequireNear(_folder.File("one/model"), _folder.File("ranks/model"));
    }

    [Fact]
    public async Task Run_OneRankTerminated_StopsAllWithACheckpoint_AndResumesToTheBit()
    {
        var start = Require("Open MPI");
        string[] steps = ["--steps", "100", "--batch-size", "8"];
        (await Start(start, 2, Train("whole", steps)).EndAsync()).Returned(ExitCodes.Ok);

        using (var tool = Start(start, 2, Train("parts", steps)))
        {
            await tool.Output.ReadLineAsync(Patience.Token);
            Signals.Send(ProcessesOf("parts").Last(), SigTerm);
            Assert.NotEqual(ExitCodes.Ok, (await tool.EndAsync()).ExitCode);
        }
        Assert.Single(Directory.GetDirectories(_folder.File("parts"), "step-*"));
        Assert.False(Directory.Exists(_folder.File("parts/model")));
        (await Start(start, 2, ["train", "--output", _folder.File("parts"), "--resume"]).EndAsync()).Returned(ExitCodes.Ok);

        Assert.Equal(
            File.ReadAllBytes(_folder.File("whole/model/open_clip_model.safetensors")), File.ReadAllBytes(_folder.File("parts/model/open_clip_model.safetensors")));
    }

    [Fact]
    public async Task Run_OneRankDies_EndsTheJobAndKeepsTheCheckpoint()
    {
        var start = Require("Open MPI");
        using var tool = Start(start, 2, Train("run", "--steps", "100000", "--batch-size", "8", "--checkpoint-every", "2"));
        await Until(() => Directory.Exists(_folder.File("run")) && Directory.GetDirectories(_folder.File("run"), "step-*").Length > 0);

        Signals.Send(ProcessesOf("run").Last(), 9);
        var run = await tool.EndAsync();

        Assert.NotEqual(ExitCodes.Ok, run.ExitCode);
        Assert.NotEmpty(Directory.GetDirectories(_folder.File("run"), "step-*"));
        await Until(() => ProcessesOf("run").Length == 0);
    }

    [Fact]
    public async Task Run_BatchThatDoesNotDivide_IsRefusedOnce()
    {
        var start = Require("Open MPI");

        var run = await Start(start, 2, Train("run", "--steps", "4", "--batch-size", "7")).EndAsync();

        Assert.NotEqual(ExitCodes.Ok, run.ExitCode);
        Assert.Contains("does not divide into 2 ranks", run.Error);
        Assert.Equal(2, run.Error.Split("does not divide").Length);
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Fact]
    public async Task Run_LibraryOfAnotherLauncher_IsRefused()
    {
        var start = Require("Open MPI");
        Assert.SkipUnless(NativeLibrary.TryLoad("libmpich.so.12", out _), "libmpich.so.12 is not installed.");

        var run = await Start([.. start, "-x", "CLIP_MPI=libmpich.so.12"], 2, Train("run", "--steps", "4")).EndAsync();

        Assert.NotEqual(ExitCodes.Ok, run.ExitCode);
        Assert.Contains("Open MPI's mpirun started 2 processes, but MPICH", run.Error);
        Assert.False(Directory.Exists(_folder.File("run")));
    }

    [Theory]
    [InlineData(null, false, null, null, null)]
    [InlineData(null, false, "cuda:1", null, null)]
    [InlineData("cuda:3", false, null, null, "cuda:3")]
    [InlineData("cuda:3", false, "auto", "cpu", "cuda:3")]
    [InlineData("cuda:3", false, "cuda", null, "cuda:3")]
    [InlineData("cuda:3", false, null, "cpu", null)]
    [InlineData("cuda:3", false, "cuda:1", null, null)]
    [InlineData("cuda:3", true, null, "cpu", "cuda:3")]
    [InlineData("cuda:3", true, "auto", null, "cuda:3")]
    public void ChooseDevice_GpuOfTheRank_IsTakenWhereNoneIsNamed(string? gpu, bool insists, string? asked, string? begun, string? expected) =>
        Assert.Equal(expected, TrainingRanks.ChooseDevice(gpu, insists, asked, begun));

    [Fact]
    public void ChooseDevice_NcclWithAnotherDevice_IsRefused() =>
        Assert.Contains("cuda:3", Assert.Throws<UsageException>(() => TrainingRanks.ChooseDevice("cuda:3", true, "cpu", null)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Run_NcclWithoutALauncher_NamesWhatIsMissing() =>
        (await ToolRun.Of([.. Train("run", "--steps", "4"), "--distributed", "nccl"])).FailedWith(ExitCodes.Usage, "mpirun", "LOCAL_RANK");

    [Fact]
    public async Task Run_NcclThatIsNotThere_NamesTheLibrary()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs env, which sets variables for a program.");
        string[] place = ["env", "RANK=0", "WORLD_SIZE=2", "LOCAL_RANK=0", "CLIP_NCCL=libnothing.so.7"];

        (await ToolProcess.StartBy(place, [.. Train("run", "--steps", "4"), "--distributed", "nccl"]).EndAsync()).FailedWith(ExitCodes.Failure, "There is no NCCL: libnothing.so.7", "libnccl2");
    }

    private static string[] Require(string launcher)
    {
        var command = Launchers[launcher];
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, command[0])));
        Assert.SkipUnless(found, $"{command[0]} is not installed.");
        return command;
    }

    private static ToolProcess Start(string[] launcher, int ranks, string[] arguments) =>
        ToolProcess.StartBy([.. launcher, launcher[0].Contains("openmpi", StringComparison.Ordinal) ? "-np" : "-n", ranks.ToString(CultureInfo.InvariantCulture)], arguments);

    private string[] Train(string folder, params string[] options) =>
    [
        "train", "--init", model.Folder, "--device", "cpu", "--data", images.List, "--output", _folder.File(folder),
        "--report-every", "1", "--validation", images.List, "--validation-pairs", "6", .. options,
    ];

    // Adam makes the rounding of very small gradients large; four steps move a weight by 4e-4 at most.
    private static void RequireNear(string expected, string actual)
    {
        using var one = Checkpoint.Open(Path.Combine(expected, "open_clip_model.safetensors"));
        using var other = Checkpoint.Open(Path.Combine(actual, "open_clip_model.safetensors"));
        foreach (var name in one.Tensors.Keys)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            var distance = (one.ReadTensor(name) - other.ReadTensor(name)).abs().max().item<float>();
            Assert.True(distance < 4e-5, $"{name} is {distance:G3} apart.");
        }
    }

    private int[] ProcessesOf(string folder) =>
    [
        .. from process in Directory.GetDirectories("/proc")
           where int.TryParse(Path.GetFileName(process), out _)
           let line = CommandLineOf(process)
           where line.StartsWith("dotnet", StringComparison.Ordinal) || line.Contains("/dotnet\0", StringComparison.Ordinal)
           where line.Contains(_folder.File(folder), StringComparison.Ordinal) && !line.Contains("mpirun", StringComparison.Ordinal)
           select int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture),
    ];

    private static async Task Until(Func<bool> holds)
    {
        var patience = Patience.Token;
        while (!holds())
            await Task.Delay(50, patience);
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
