namespace Clip.Shards.Tests;

public sealed class WorkerNumberTests
{
    [Theory]
    [InlineData("", null, "0/1")]
    [InlineData("", "3/128", "3/128")]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4", null, "2/4")]
    [InlineData("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4", "0/1", "0/1")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=8", null, "1/8")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=8", null, "0/1")]                  // a batch script, which is one process
    [InlineData("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1 OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4", null, "3/4")]      // mpirun within Slurm
    [InlineData("PMI_RANK=5 PMI_SIZE=6", null, "5/6")]
    [InlineData("SLURM_ARRAY_TASK_ID=12 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_COUNT=4", null, "2/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_STEP=2 SLURM_ARRAY_TASK_COUNT=4", null, "2/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3", null, "2/3")]                      // of an array 1,4,9
    [InlineData("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=3 SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=2", null, "3/6")]
    [InlineData("JOB_COMPLETION_INDEX=7", "128", "7/128")]
    [InlineData("JOB_COMPLETION_INDEX=7", "/128", "7/128")]
    [InlineData("SLURM_PROCID=1 SLURM_STEP_NUM_TASKS=8", "/16", "1/16")]
    public void Find_Environment_IsTheWorker(string environment, string? stated, string expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);

        Assert.Equal(expected, WorkerNumber.Find(stated, variables.GetValueOrDefault).ToString());
    }

    [Theory]
    [InlineData("", "128")]
    [InlineData("", "/128")]
    [InlineData("", "128/128")]
    [InlineData("", "-1/4")]
    [InlineData("", "1/")]
    [InlineData("", "a/b")]
    [InlineData("", "0/0")]
    [InlineData("JOB_COMPLETION_INDEX=7", null)]
    [InlineData("JOB_COMPLETION_INDEX=7", "7")]
    public void Find_IndexOrCountMissing_ThrowsArgumentException(string environment, string? stated)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);

        Assert.Throws<ArgumentException>(() => WorkerNumber.Find(stated, variables.GetValueOrDefault));
    }
}
