using System.Formats.Tar;
using System.Runtime.InteropServices;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests.Slurm;

/// <summary>The scripts in deploy/slurm under a Slurm of this machine, where it is installed.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SlurmTests(TinyModel model, TrainingImages images) : IClassFixture<TrainingImages>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EmbedScript_ArrayOfTwo_EmbedsAllShardsOnce()
    {
        using var cluster = await SlurmCluster.StartAsync();
        for (var shard = 0; shard < 4; shard++)
        {
            using var tar = new TarWriter(File.Create(_folder.File($"{shard:D5}.tar")));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "a.png") { DataStream = new MemoryStream(File.ReadAllBytes(Images.Png)) });
        }

        var (code, output) = await cluster.RunAsync(
            Environment(),
            "sbatch", "--wait", "--array=0-1", "--cpus-per-task=1", "--mem=2000", $"--output={_folder.File("log-%a")}", Script("embed.sbatch"),
            _folder.File("{00000..00003}.tar"), _folder.File("out"));

        Assert.True(code == 0, output + Log("log-0") + Log("log-1"));
        Assert.Contains("worker 0/2: ", Log("log-0"), StringComparison.Ordinal);
        Assert.Contains("worker 1/2: ", Log("log-1"), StringComparison.Ordinal);
        Assert.Equal(4, (Log("log-0") + Log("log-1")).Split('\n').Count(line => line.StartsWith("shard\t", StringComparison.Ordinal)));
        Assert.Equal(4, Directory.GetFiles(_folder.File("out/img_emb")).Length);
    }

    [Fact]
    public async Task TrainScript_TwoRanks_TrainsTheModel()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libmpi.so.40", out _), "Open MPI (libmpi.so.40) is not installed.");
        using var cluster = await SlurmCluster.StartAsync();
        var pmix = await cluster.RunAsync([], "srun", "--mpi=pmix", "true");
        Assert.SkipUnless(pmix.ExitCode == 0, $"This Slurm cannot start ranks by pmix (Debian's libpmix-dev): {pmix.Output}");

        var (code, output) = await cluster.RunAsync(
            Environment(),
            "sbatch", "--wait", "--nodes=1", "--ntasks-per-node=2", "--cpus-per-task=1", "--mem=4000", $"--output={_folder.File("log")}", Script("train.sbatch"),
            _folder.File("run"), "--init", model.Folder, "--device", "cpu", "--data", images.List, "--steps", "3", "--report-every", "1");

        Assert.True(code == 0, output + Log("log"));
        Assert.Contains("2 ranks train together", Log("log"), StringComparison.Ordinal);
        Assert.Equal(3, Log("log").Split('\n').Count(line => line.StartsWith("step\t", StringComparison.Ordinal)));
        Assert.True(File.Exists(_folder.File("run/model/open_clip_model.safetensors")));
    }

    private static string Script(string name) => Path.Combine(Fixtures.Repository, "deploy", "slurm", name);

    private string Log(string name) => File.Exists(_folder.File(name)) ? File.ReadAllText(_folder.File(name)) : "";

    // The scripts call clip, which is the tool that was built.
    private Dictionary<string, string> Environment()
    {
        var start = DotnetProcess.Describe(typeof(ClipTool).Assembly.Location);
        var tool = _folder.Write("clip", System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\nexec '{SlurmCluster.FindProgram(start.FileName) ?? start.FileName}' exec '{start.ArgumentList[1]}' \"$@\"\n"));
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Dictionary<string, string>
        {
            ["PATH"] = $"{_folder.Path}:{System.Environment.GetEnvironmentVariable("PATH")}",
            ["CLIP_MODEL"] = model.Folder,
            ["CLIP_BATCH_SIZE"] = "8",
            ["OMP_NUM_THREADS"] = "1",
        };
    }
}
