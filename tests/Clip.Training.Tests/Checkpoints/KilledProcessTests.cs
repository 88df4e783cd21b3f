using Clip.Training.Checkpoints;
using Clip.Training.Tests.Support;

namespace Clip.Training.Tests.Checkpoints;

public sealed class KilledProcessTests
{
    // Checkpoints are written every three steps. The process is killed, as by kill -9, in or after its eighth step.
    [Fact]
    public async Task Run_KilledInMidStep_ResumesToTheSameBits()
    {
        using var folder = new TemporaryFolder();
        using (var process = TrainingProcess.Start(folder.File("killed")))
        {
            var line = "";
            while (line is not (null or "7"))
                line = await process.StandardOutput.ReadLineAsync().WithinLimit();
            process.Kill();
            await process.WaitForEndAsync();
            Assert.Equal("7", line);
            Assert.NotEqual(0, process.ExitCode);
        }
        Assert.InRange(TrainingCheckpoint.FindLatest(folder.File("killed"))!.Step, 6, 11);

        using var resumed = TrainingProcess.Train(folder.File("killed"));
        using var uninterrupted = TrainingProcess.Train(folder.File("whole"));

        Weights.RequireBitEqual(uninterrupted, resumed);
        foreach (var file in Directory.GetFiles(folder.File("whole/step-000012"), "*.safetensors", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace("whole", "killed", StringComparison.Ordinal)));
    }
}
