using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

/// <summary>Outputs on a disk without room for them.</summary>
public sealed class FullDiskTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Disk => _folder.File("disk");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.safetensors")]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.jsonl")]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.npy")]
    [InlineData("search", "--images", "PICTURES", "--text", "a", "--index", "DISK/old.safetensors")]
    public async Task Run_NoRoomForTheOutput_FailsAndLeavesTheOldFile(params string[] arguments)
    {
        using var disk = SmallDisk.TryMount(Disk, kibibytes: 256);
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        var name = Path.GetFileName(arguments[^1]);
        File.WriteAllText(Path.Combine(Disk, name), "old");
        disk!.Fill();
        var images = Images.CopyTo(_folder.File("images"));
        string[] given = [.. arguments.Select(argument => argument.Replace("PICTURES", images).Replace("DISK", Disk))];

        var run = (await ToolRun.Of([given[0], "--model", model.Folder, "--device", "cpu", .. given[1..]])).Returned(ExitCodes.Failure);

        Assert.Contains("No space left on device", run.Error);
        Assert.Equal("old", File.ReadAllText(Path.Combine(Disk, name)));
        Assert.Equal(new[] { "filling", name }.Order(StringComparer.Ordinal), Directory.GetFiles(Disk).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
