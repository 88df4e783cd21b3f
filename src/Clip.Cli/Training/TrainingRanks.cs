using Clip.Distributed;
using Clip.Losses;
using Clip.Losses.Distributed;
using Clip.Runtime;
using Clip.Training.Distributed;
using TorchSharp;

namespace Clip.Cli.Training;

/// <summary>The processes that train together, where a launcher started several.</summary>
internal sealed class TrainingRanks : IDisposable
{
    // Of ranks that wait for each other: schedulers may start them minutes apart.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly string _library;

    private readonly string? _gpu;
    private readonly bool _insistsOnGpu;

    private TrainingRanks(IProcessGroup? group, string library = "", string? gpu = null, bool insistsOnGpu = false) =>
        (Group, _library, _gpu, _insistsOnGpu) = (group, library, gpu, insistsOnGpu);

    /// <summary>The ranks; null for a process that trains alone.</summary>
    public IProcessGroup? Group { get; }

    public int Rank => Group?.Rank ?? 0;

    public int WorldSize => Group?.WorldSize ?? 1;

    /// <summary>Whether this rank writes what is written once.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Joins the other processes, and takes this one's share of the processors.</summary>
    /// <param name="choice">Which: <c>auto</c>, <c>mpi</c>, <c>nccl</c>, <c>none</c>.</param>
    /// <param name="findFolder">Finds the run's folder, in which ranks meet that MPI does not connect.</param>
    public static TrainingRanks Start(string? choice, Func<string> findFolder) => choice switch
    {
        "none" => new TrainingRanks(null),
        "nccl" => StartNccl(findFolder),
        "auto" when !MpiLauncher.HasStartedSeveral => new TrainingRanks(null),
        _ => StartMpi(),
    };

    /// <summary>The GPU that this rank takes of those of its machine; null where it takes what was asked for.</summary>
    /// <param name="asked">What <c>--device</c> says, or an options file.</param>
    /// <param name="begun">What the run was begun with, where it is resumed and nothing is asked.</param>
    /// <exception cref="UsageException">It is something else, and the ranks are connected from GPU to GPU.</exception>
    public string? TakeDevice(string? asked, string? begun) => ChooseDevice(_gpu, _insistsOnGpu, asked, begun);

    /// <summary>What <see cref="TakeDevice"/> answers.</summary>
    /// <param name="gpu">The GPU of the rank's place on its machine; null where there is none.</param>
    /// <param name="insists">Whether the ranks are connected from GPU to GPU.</param>
    /// <param name="asked">What <c>--device</c> says, or an options file.</param>
    /// <param name="begun">What the run was begun with.</param>
    /// <exception cref="UsageException">Something else is asked for, and the ranks are connected from GPU to GPU.</exception>
    internal static string? ChooseDevice(string? gpu, bool insists, string? asked, string? begun)
    {
        if (gpu is null || (insists ? asked : asked ?? begun) is null or "auto" or "cuda")
            return gpu;
        return insists ? throw new UsageException($"--device does not go with --distributed nccl, where each rank has the GPU of its place on its machine (here {gpu}).") : null;
    }

    /// <summary>The command line of this rank: all but the first have nothing to say.</summary>
    public Invocation Of(Invocation given)
    {
        if (Group is null)
            return given;
        if (!IsFirst)
            return given with { Console = new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null) { Interruption = given.Console.Interruption } };
        given.Console.Report($"{WorldSize} ranks train together by {_library}.");
        return given;
    }

    /// <summary>Ends the other ranks, which would wait for this one for ever. What fails on all alike is told by the first.</summary>
    public void Fail(Exception exception)
    {
        if (Group is null)
            return;
        if (!IsFirst)
            Thread.Sleep(TimeSpan.FromSeconds(5));
        Group.Abort($"clip: {(IsFirst ? "" : $"rank {Rank}: ")}{PlainText.OneLine(Failures.Describe(exception))}");
    }

    /// <summary>CLIP's loss over the pairs of all ranks.</summary>
    public ContrastiveLoss CreateClipLoss() => new ClipLoss(gathering: Group is null ? null : FeatureGathering.OfWholeBatch(Group));

    /// <summary>Leaves the ranks, when all do.</summary>
    public void Dispose() => Group?.Dispose();

    private static TrainingRanks StartMpi()
    {
        TorchLibraries.EnsureLoaded();
        var group = MpiProcessGroup.Start();
        ShareThreads(group.LocalSize);
        var gpu = torch.cuda.device_count() is > 0 and var gpus && RankPlace.Find(Environment.GetEnvironmentVariable) is { } place ? $"cuda:{place.GetGpu(gpus)}" : null;
        return new TrainingRanks(group, group.LibraryVersion, gpu);
    }

    private static TrainingRanks StartNccl(Func<string> findFolder)
    {
        var place = RankPlace.Find(Environment.GetEnvironmentVariable)
            ?? throw new UsageException("--distributed nccl is for processes that a launcher started: mpirun, mpiexec or srun; or say RANK, WORLD_SIZE and LOCAL_RANK in the environment of each.");
        var group = NcclProcessGroup.Start(place, findFolder(), Patience);
        ShareThreads(place.LocalSize ?? 1);
        return new TrainingRanks(group, $"NCCL {group.LibraryVersion}", group.Device, insistsOnGpu: true);
    }

    // Ranks on one machine share its processors.
    private static void ShareThreads(int localSize)
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null && localSize > 1)
            torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / localSize));
    }
}
