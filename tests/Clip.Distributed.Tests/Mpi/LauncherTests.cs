using Clip.Distributed.Mpi;

namespace Clip.Distributed.Tests.Mpi;

/// <summary>What launchers leave in the environment.</summary>
public sealed class LauncherTests
{
    [Fact]
    public void Find_NoLauncher_IsNull() => Assert.Null(Find());

    [Fact]
    public void Find_OpenMpi_KnowsItsSizes() =>
        Assert.Equal(new Launcher("Open MPI's mpirun", MpiFlavor.OpenMpi, 8, 4) { Rank = 3 }, Find("OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_LOCAL_SIZE=4", "OMPI_COMM_WORLD_RANK=3"));

    [Fact]
    public void Find_Mpich_KnowsItsSizes() =>
        Assert.Equal(new Launcher("mpiexec", MpiFlavor.Mpich, 2, 2) { Rank = 0 }, Find("PMI_SIZE=2", "PMI_RANK=0", "MPI_LOCALNRANKS=2"));

    [Theory]
    [InlineData("PMIX_RANK=0", "OpenMpi")]
    [InlineData("PMI_JOBID=7.0", "Mpich")]
    [InlineData("OTHER=1", null)]
    public void Find_Slurm_TellsTheFlavorByItsPlugIn(string variable, string? flavor) =>
        Assert.Equal(flavor, Find("SLURM_STEP_NUM_TASKS=6", "SLURM_PROCID=2", variable)?.Flavor?.ToString());

    [Theory]
    [InlineData("OMPI_COMM_WORLD_SIZE=")]
    [InlineData("OMPI_COMM_WORLD_SIZE=-1")]
    [InlineData("PMI_SIZE=many")]
    [InlineData("SLURM_PROCID=1")]
    public void Find_NoNumber_IsNoLauncher(string variable) => Assert.Null(Find(variable));

    [Fact]
    public void Load_NoSuchLibrary_NamesItAndTheRemedy()
    {
        var exception = Assert.Throws<Training.Distributed.ProcessGroupException>(() => MpiLibrary.Load("libnothing.so.7", null));

        Assert.Contains("libnothing.so.7", exception.Message);
        Assert.Contains("CLIP_MPI", exception.Message);
    }

    private static Launcher? Find(params string[] variables)
    {
        var values = variables.Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        return Launcher.Find(values.GetValueOrDefault);
    }
}
