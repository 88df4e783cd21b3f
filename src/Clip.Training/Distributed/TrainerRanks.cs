using Clip.Models;
using Clip.Training.Data;
using Clip.Training.FineTuning;

namespace Clip.Training.Distributed;

/// <summary>What a trainer does otherwise when several ranks train together.</summary>
internal sealed class TrainerRanks
{
    private readonly IProcessGroup? _group;

    /// <param name="group">The ranks; null for one.</param>
    /// <param name="batchSize">Pairs of a step, of all ranks.</param>
    public TrainerRanks(IProcessGroup? group, int batchSize)
    {
        _group = group;
        WorldSize = group?.WorldSize ?? 1;
        if (batchSize % WorldSize != 0)
            throw new ArgumentException($"{nameof(TrainerOptions.BatchSize)} is {batchSize}, which does not divide into {WorldSize} ranks.", nameof(batchSize));
        BatchSize = batchSize / WorldSize;
    }

    public int WorldSize { get; }

    /// <summary>Pairs of a step that this rank reads.</summary>
    public int BatchSize { get; }

    /// <summary>Whether this rank writes what is written once.</summary>
    public bool IsFirst => _group is null or { Rank: 0 };

    public void MakeEqual(DualEncoder network)
    {
        if (_group is not null)
            Replicas.MakeEqual(network, _group);
    }

    /// <summary>Gives every rank what the first has drawn: adapters, which are no part of the model.</summary>
    public void MakeEqual(LoraAdapters? adapters)
    {
        if (_group is not null && adapters is not null)
            Replicas.Share(adapters.Parameters.Select(entry => entry.Parameter), _group);
    }

    public void ShareStatistics(DualEncoder network)
    {
        if (_group is not null)
            Replicas.ShareStatistics(network, _group);
    }

    public void PrepareSaving(DualEncoder network, long step)
    {
        if (_group is null)
            return;
        Replicas.RequireEqual(network, _group, step);
        Replicas.ShareStatistics(network, _group);
    }

    /// <summary>Ends the other ranks, which would wait for this one for ever. What fails on all ranks alike needs none of this.</summary>
    public void Abort(Exception exception) => _group?.Abort($"rank {_group.Rank} failed: {exception.Message}");

    public void Wait() => _group?.Barrier();

    /// <summary>The sum of a number over all ranks.</summary>
    public long Sum(long value) => _group?.AllGather([value]).Sum() ?? value;

    /// <summary>Where the reading of each rank goes on.</summary>
    public IReadOnlyList<PairPosition> Positions(PairPosition own)
    {
        if (_group is null)
            return [own];
        var all = _group.AllGather([own.Epoch, own.Sample]);
        return [.. all.Chunk(2).Select(position => new PairPosition(position[0], position[1]))];
    }

    /// <summary>Where this rank's reading goes on after ranks that may have been others.</summary>
    /// <remarks>
    /// As many ranks as before go on where each was. Others go on at the same pair where the source can tell it; where it cannot, the epoch begins
    /// anew, and some of its pairs are seen twice.
    /// </remarks>
    public PairPosition Continue(IPairSource pairs, IReadOnlyList<PairPosition> positions)
    {
        if (positions.Count == WorldSize)
            return positions[_group?.Rank ?? 0];
        return pairs.Translate(positions, BatchSize) ?? new PairPosition(positions.Min(position => position.Epoch), 0);
    }

    /// <summary>What cancels the reading of pairs: with several ranks nothing does, since all have to stop after the same step.</summary>
    public CancellationToken OfReading(CancellationToken cancellationToken) => _group is null ? cancellationToken : CancellationToken.None;

    /// <summary>Stops this rank when it, or any other, is to stop.</summary>
    /// <exception cref="OperationCanceledException">One is.</exception>
    public void ThrowIfStopped(CancellationToken cancellationToken)
    {
        if (Sum(cancellationToken.IsCancellationRequested ? 1 : 0) > 0)
            throw new OperationCanceledException("The training was stopped between two steps.", cancellationToken);
    }
}
