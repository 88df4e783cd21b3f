using Clip.Shared;

namespace Clip.Cli.Conversion;

/// <summary>Writes folders whose files are all complete before the first one is seen under its name.</summary>
internal static class CompleteFolder
{
    /// <summary>Writes a folder. Files that are there already are replaced where they have the same names.</summary>
    /// <param name="output">The full path of the folder.</param>
    /// <param name="write">Writes the files into the folder that it is given.</param>
    public static void Write(string output, Action<string> write)
    {
        var parent = Path.GetDirectoryName(output.TrimEnd(Path.DirectorySeparatorChar, '/')) ?? output;
        Directory.CreateDirectory(parent);
        var temporary = Directory.CreateDirectory(Path.Combine(parent, $".{Guid.NewGuid():N}.tmp")).FullName;
        try
        {
            write(temporary);
            foreach (var file in Directory.GetFiles(temporary))
                AtomicFile.FlushToDisk(file);
            if (Directory.Exists(output) && !Directory.EnumerateFileSystemEntries(output).Any())
                Directory.Delete(output);
            if (!Directory.Exists(output))
                Directory.Move(temporary, output);
            else
                foreach (var file in Directory.GetFiles(temporary))
                    File.Move(file, Path.Combine(output, Path.GetFileName(file)), overwrite: true);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }
}
