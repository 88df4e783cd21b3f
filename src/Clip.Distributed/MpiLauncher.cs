using Clip.Distributed.Mpi;

namespace Clip.Distributed;

/// <summary>The program that started this process: mpirun, mpiexec, srun. Asking for it loads neither MPI nor libtorch.</summary>
public static class MpiLauncher
{
    /// <summary>Whether it started this process as one of several.</summary>
    public static bool HasStartedSeveral => Launcher.Find(Environment.GetEnvironmentVariable) is { WorldSize: > 1 };
}
