using System.ComponentModel;
using System.Diagnostics;

namespace Clip.TestUtilities;

/// <summary>A file system in memory with little room, on Linux and where the user may mount one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder)
    {
        _folder = folder;
    }

    /// <summary>Mounts one.</summary>
    /// <param name="folder">Where; made if it is not there.</param>
    /// <param name="kibibytes">Its size. Files take whole pages, so that a few bytes of room are none.</param>
    /// <returns>The disk; null where it cannot be mounted.</returns>
    public static SmallDisk? TryMount(string folder, int kibibytes)
    {
        Directory.CreateDirectory(folder);
        return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", folder) ? new SmallDisk(folder) : null;
    }

    /// <summary>Writes a file that takes all the room there is left.</summary>
    /// <param name="name">The file's name.</param>
    public void Fill(string name = "filling")
    {
        using var file = new FileStream(Path.Combine(_folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
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

    /// <summary>Unmounts it.</summary>
    public void Dispose() => Run("umount", _folder);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
