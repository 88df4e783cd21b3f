using System.Runtime.InteropServices;

namespace Clip.Runtime.Native;

/// <summary>The folders in which the host looks for native libraries, and the files found there.</summary>
internal static class NativeSearchPath
{
    /// <summary>Folders from the application's dependency file, then the application's own folder.</summary>
    public static IEnumerable<string> Folders
    {
        get
        {
            var listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
            return listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Append(AppContext.BaseDirectory)
                .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeIdentifier, "native"));
        }
    }

    /// <summary>The identifier under which packages keep this machine's libraries, such as linux-x64.</summary>
    public static string RuntimeIdentifier
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>The file name of a library on this operating system: "c10" is libc10.so, c10.dll or libc10.dylib.</summary>
    public static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>The full path of a library in the first folder that has it, or null.</summary>
    public static string? Find(string library) =>
        Folders.Select(folder => Path.Combine(folder, FileName(library))).FirstOrDefault(File.Exists);
}
