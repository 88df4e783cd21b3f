namespace Clip.Distributed.Tests;

/// <summary>Which rank a process is, by its environment.</summary>
public sealed class RankPlaceTests
{
    [Theory]
    [InlineData(5, 8, 1, "OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_RANK=5", "OMPI_COMM_WORLD_LOCAL_RANK=1")]
    [InlineData(2, 6, 0, "SLURM_STEP_NUM_TASKS=6", "SLURM_PROCID=2", "SLURM_LOCALID=0")]
    [InlineData(1, 2, 1, "PMI_SIZE=2", "PMI_RANK=1", "MPI_LOCALRANKID=1")]
    [InlineData(3, 4, 3, "WORLD_SIZE=4", "RANK=3", "LOCAL_RANK=3")]
    public void Find_Variables_AreTheRanks(int rank, int worldSize, int localRank, params string[] variables) =>
        Assert.Equal(new RankPlace(rank, worldSize, localRank), Find(variables));

    [Theory]
    [InlineData]
    [InlineData("RANK=0", "WORLD_SIZE=2")]
    [InlineData("RANK=2", "WORLD_SIZE=2", "LOCAL_RANK=0")]
    [InlineData("RANK=0", "WORLD_SIZE=2", "LOCAL_RANK=1")]
    [InlineData("RANK=-1", "WORLD_SIZE=2", "LOCAL_RANK=0")]
    [InlineData("OMPI_COMM_WORLD_SIZE=8")]
    public void Find_NotAll_IsNull(params string[] variables) => Assert.Null(Find(variables));

    [Theory]
    [InlineData(4, "OMPI_COMM_WORLD_SIZE=8", "OMPI_COMM_WORLD_RANK=5", "OMPI_COMM_WORLD_LOCAL_RANK=1", "OMPI_COMM_WORLD_LOCAL_SIZE=4")]
    [InlineData(3, "SLURM_STEP_NUM_TASKS=6", "SLURM_PROCID=2", "SLURM_LOCALID=2", "SLURM_NTASKS_PER_NODE=3")]
    [InlineData(2, "PMI_SIZE=2", "PMI_RANK=1", "MPI_LOCALRANKID=1", "MPI_LOCALNRANKS=2")]
    [InlineData(8, "WORLD_SIZE=16", "RANK=3", "LOCAL_RANK=3", "LOCAL_WORLD_SIZE=8")]
    [InlineData(null, "WORLD_SIZE=16", "RANK=3", "LOCAL_RANK=3")]
    public void Find_Variables_SayHowManyAreOnTheMachine(int? localSize, params string[] variables) => Assert.Equal(localSize, Find(variables)!.LocalSize);

    [Theory]
    [InlineData(3, 8, 3)]
    [InlineData(3, 4, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(3, 1, 0)]
    public void GetGpu_SomeGpus_IsThatOfTheLocalRank(int localRank, int gpus, int gpu) => Assert.Equal(gpu, new RankPlace(11, 16, localRank).GetGpu(gpus));

    [Fact]
    public void GetGpu_None_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new RankPlace(0, 2, 0).GetGpu(0));

    private static RankPlace? Find(string[] variables)
    {
        var values = variables.Select(variable => variable.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        return RankPlace.Find(values.GetValueOrDefault);
    }
}
