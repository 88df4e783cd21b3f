using System.Diagnostics;
using Clip.Cli.Tests.Support;

namespace Clip.Cli.Tests;

/// <summary>Outputs on a disk without room for them.</summary>
public sealed class FullDiskTests(TinyModel model) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Disk => _folder.File("disk");

    public void Dispose()
    {
        if (Directory.Exists(Disk) && !OperatingSystem.IsWindows())
            Run("umount", Disk);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.safetensors")]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.jsonl")]
    [InlineData("embed", "--images", "PICTURES", "--output", "DISK/old.npy")]
    [InlineData("search", "--images", "PICTURES", "--text", "a", "--index", "DISK/old.safetensors")]
    public async Task Run_NoRoomForTheOutput_FailsAndLeavesTheOldFile(params string[] arguments)
    {
        Mount();
        var name = Path.GetFileName(arguments[^1]);
        File.WriteAllText(Path.Combine(Disk, name), "old");
        Fill();
        var pictures = Pictures.CopyTo(_folder.File("pictures"));
        string[] given = [.. arguments.Select(argument => argument.Replace("PICTURES", pictures).Replace("DISK", Disk))];

        var run = (await ToolRun.Of([given[0], "--model", model.Folder, "--device", "cpu", .. given[1..]])).Returned(ExitCodes.Failure);

        Assert.Contains("No space left on device", run.Error);
        Assert.Equal("old", File.ReadAllText(Path.Combine(Disk, name)));
        Assert.Equal(new[] { "filling", name }.Order(StringComparer.Ordinal), Directory.GetFiles(Disk).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    // Files in memory take whole pages, so that a few bytes of room are none.
    private void Mount()
    {
        Directory.CreateDirectory(Disk);
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", Disk))
            Assert.Skip("This user may not mount a small disk.");
    }

    private void Fill()
    {
        using var file = new FileStream(Path.Combine(Disk, "filling"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
