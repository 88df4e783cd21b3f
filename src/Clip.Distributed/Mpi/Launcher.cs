using System.Globalization;

namespace Clip.Distributed.Mpi;

/// <summary>What the program that started this process says of it, in environment variables.</summary>
/// <param name="Name">The launcher.</param>
/// <param name="Flavor">Whose library it goes with; null where it goes with either.</param>
/// <param name="WorldSize">How many processes it started.</param>
/// <param name="LocalSize">How many of them on this machine; null where it does not say.</param>
internal sealed record Launcher(string Name, MpiFlavor? Flavor, int WorldSize, int? LocalSize)
{
    /// <summary>Which of them this is, from 0; null where it does not say.</summary>
    public int? Rank { get; init; }

    /// <summary>Which of those on this machine it is, from 0; null where it does not say.</summary>
    public int? LocalRank { get; init; }

    /// <summary>Reads the variables.</summary>
    /// <param name="get">Gives a variable's value or null.</param>
    /// <returns>Null for a process that no launcher started.</returns>
    public static Launcher? Find(Func<string, string?> get)
    {
        if (Positive("OMPI_COMM_WORLD_SIZE") is { } openMpi)
        {
            return new Launcher("Open MPI's mpirun", MpiFlavor.OpenMpi, openMpi, Positive("OMPI_COMM_WORLD_LOCAL_SIZE"))
            {
                Rank = Number(get, "OMPI_COMM_WORLD_RANK"),
                LocalRank = Number(get, "OMPI_COMM_WORLD_LOCAL_RANK"),
            };
        }
        // srun sets these whatever it was asked to do for MPI; the first exists with --mpi=pmix, the second with --mpi=pmi2 too.
        if (Positive("SLURM_STEP_NUM_TASKS") is { } slurm && get("SLURM_PROCID") is not null)
        {
            MpiFlavor? flavor = get("PMIX_RANK") is not null ? MpiFlavor.OpenMpi : get("PMI_FD") is not null || get("PMI_JOBID") is not null ? MpiFlavor.Mpich : null;
            return new Launcher("Slurm's srun", flavor, slurm, Positive("SLURM_NTASKS_PER_NODE"))
            {
                Rank = Number(get, "SLURM_PROCID"),
                LocalRank = Number(get, "SLURM_LOCALID"),
            };
        }
        if (Positive("PMI_SIZE") is { } mpich)
        {
            return new Launcher("mpiexec", MpiFlavor.Mpich, mpich, Positive("MPI_LOCALNRANKS"))
            {
                Rank = Number(get, "PMI_RANK"),
                LocalRank = Number(get, "MPI_LOCALRANKID"),
            };
        }
        return null;

        int? Positive(string name) => Launcher.Positive(get, name);
    }

    /// <summary>A variable that is a number above zero; null where it is not.</summary>
    public static int? Positive(Func<string, string?> get, string name) => Number(get, name) is > 0 and var value ? value : null;

    /// <summary>A variable that is a number, not negative; null where it is not.</summary>
    public static int? Number(Func<string, string?> get, string name) =>
        int.TryParse(get(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
