using Clip.Distributed.Mpi;

namespace Clip.Distributed;

/// <summary>Which of the ranks that a launcher started this process is.</summary>
/// <param name="Rank">The rank, from 0.</param>
/// <param name="WorldSize">How many there are.</param>
/// <param name="LocalRank">Which of those on this machine it is, from 0: the number of its GPU.</param>
public sealed record RankPlace(int Rank, int WorldSize, int LocalRank)
{
    /// <summary>Reads it from the environment: what mpirun, mpiexec or srun say, else <c>RANK</c>, <c>WORLD_SIZE</c> and <c>LOCAL_RANK</c>, as torchrun has them.</summary>
    /// <param name="get">Gives a variable's value or null, such as <see cref="Environment.GetEnvironmentVariable(string)"/>.</param>
    /// <returns>Null where nothing is said, or not all.</returns>
    public static RankPlace? Find(Func<string, string?> get)
    {
        ArgumentNullException.ThrowIfNull(get);
        return Launcher.Find(get) is { Rank: { } rank, LocalRank: { } local } launcher
            ? Of(rank, launcher.WorldSize, local)
            : Launcher.Number(get, "RANK") is { } started && Launcher.Number(get, "WORLD_SIZE") is { } size && Launcher.Number(get, "LOCAL_RANK") is { } place ? Of(started, size, place) : null;
    }

    private static RankPlace? Of(int rank, int worldSize, int localRank) => rank < worldSize && localRank <= rank ? new RankPlace(rank, worldSize, localRank) : null;
}
