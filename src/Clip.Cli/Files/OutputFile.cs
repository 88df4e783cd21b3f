using Clip.Checkpoints;
using Clip.Shared;

namespace Clip.Cli.Files;

/// <summary>Files that a command line names as output, and in words of the command line why one cannot be begun.</summary>
internal static class OutputFile
{
    /// <summary>Begins a file that appears when it is complete.</summary>
    /// <param name="path">The path that it will have; a file there is replaced at the end.</param>
    /// <exception cref="FailureException">The folder does not exist or may not be written to.</exception>
    public static AtomicFile Create(string path) => Open(path, () => Directory.Exists(path)
        ? throw new FailureException($"'{Path.GetFullPath(path)}' cannot be written: it is a folder.")
        : new AtomicFile(path));

    /// <summary>Begins a safetensors file that appears when it is complete.</summary>
    /// <param name="path">The path that it will have; a file there is replaced at the end.</param>
    /// <exception cref="FailureException">The folder does not exist or may not be written to.</exception>
    public static SafetensorsStream CreateSafetensors(string path) => Open(path, () => new SafetensorsStream(path));

    /// <summary>Opens something beside an output.</summary>
    /// <param name="path">The path of the output.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="FailureException">The folder does not exist or may not be written to.</exception>
    public static T Open<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (DirectoryNotFoundException e)
        {
            var full = Path.GetFullPath(path);
            throw new FailureException($"'{full}' cannot be written: there is no folder '{Path.GetDirectoryName(full)}'.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FailureException($"'{Path.GetFullPath(path)}' cannot be written: {e.Message}", e);
        }
    }
}
