using Clip.Distributed.Mpi;

namespace Clip.Distributed;

/// <summary>Which of the ranks that a launcher started this process is.</summary>
/// <param name="Rank">The rank, from 0.</param>
/// <param name="WorldSize">How many there are.</param>
/// <param name="LocalRank">Which of those on this machine it is, from 0.</param>
public sealed record RankPlace(int Rank, int WorldSize, int LocalRank)
{
    /// <summary>How many are on this machine; null where nothing says it.</summary>
    public int? LocalSize { get; init; }

    /// <summary>Reads it from the environment: what mpirun, mpiexec or srun say, else <c>RANK</c>, <c>WORLD_SIZE</c>, <c>LOCAL_RANK</c> and perhaps <c>LOCAL_WORLD_SIZE</c>, as torchrun has them.</summary>
    /// <param name="get">Gives a variable's value or null, such as <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    /// <returns>Null where nothing is said, or not all.</returns>
    public static RankPlace? Find(Func<string, string?> get)
    {
        ArgumentNullException.ThrowIfNull(get);
        return Launcher.Find(get) is { Rank: { } rank, LocalRank: { } local } launcher
            ? Of(rank, launcher.WorldSize, local, launcher.LocalSize)
            : Launcher.Number(get, "RANK") is { } started && Launcher.Number(get, "WORLD_SIZE") is { } size && Launcher.Number(get, "LOCAL_RANK") is { } place
                ? Of(started, size, place, Launcher.Positive(get, "LOCAL_WORLD_SIZE"))
                : null;
    }

    /// <summary>The rank's GPU: each has the one of its place on its machine, and begins anew where there are fewer, or where the launcher shows each rank its own only.</summary>
    /// <param name="gpus">How many the process sees; at least 1.</param>
    /// <returns>The GPU's number among those, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public int GetGpu(int gpus)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(gpus, 1);
        return LocalRank % gpus;
    }

    private static RankPlace? Of(int rank, int worldSize, int localRank, int? localSize) =>
        rank < worldSize && localRank <= rank ? new RankPlace(rank, worldSize, localRank) { LocalSize = localSize } : null;
}
