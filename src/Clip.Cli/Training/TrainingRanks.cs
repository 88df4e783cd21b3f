using Clip.Distributed;
using Clip.Losses;
using Clip.Losses.Distributed;
using Clip.Training.Distributed;
using TorchSharp;

namespace Clip.Cli.Training;

/// <summary>The processes that train together, where a launcher started several.</summary>
internal sealed class TrainingRanks : IDisposable
{
    private readonly MpiProcessGroup? _group;

    private TrainingRanks(MpiProcessGroup? group) => _group = group;

    /// <summary>The ranks; null for a process that trains alone.</summary>
    public IProcessGroup? Group => _group;

    public int Rank => _group?.Rank ?? 0;

    public int WorldSize => _group?.WorldSize ?? 1;

    /// <summary>Whether this rank writes what is written once.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Joins the other processes, and takes this one's share of the processors.</summary>
    /// <param name="choice">Which: <c>auto</c>, <c>mpi</c>, <c>none</c>.</param>
    public static TrainingRanks Start(string? choice)
    {
        if (choice == "none" || (choice == "auto" && !MpiLauncher.HasStartedSeveral))
            return new TrainingRanks(null);
        var group = MpiProcessGroup.Start();
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null && group.LocalSize > 1)
            torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / group.LocalSize));
        return new TrainingRanks(group);
    }

    /// <summary>The command line of this rank: all but the first have nothing to say.</summary>
    public Invocation Of(Invocation given)
    {
        if (_group is null)
            return given;
        if (!IsFirst)
            return given with { Console = new ToolConsole(Stream.Null, TextWriter.Null, TextWriter.Null) { Interruption = given.Console.Interruption } };
        given.Console.Report($"{WorldSize} ranks train together by {_group.LibraryVersion}.");
        return given;
    }

    /// <summary>Ends the other ranks, which would wait for this one for ever. What fails on all alike is told by the first.</summary>
    public void Fail(Exception exception)
    {
        if (_group is null)
            return;
        if (!IsFirst)
            Thread.Sleep(TimeSpan.FromSeconds(5));
        _group.Abort($"clip: {(IsFirst ? "" : $"rank {Rank}: ")}{PlainText.OneLine(Failures.Describe(exception))}");
    }

    /// <summary>CLIP's loss over the pairs of all ranks.</summary>
    public ContrastiveLoss CreateClipLoss() => new ClipLoss(gathering: Group is null ? null : FeatureGathering.OfWholeBatch(Group));

    /// <summary>Leaves the ranks, when all do.</summary>
    public void Dispose() => _group?.Dispose();
}
