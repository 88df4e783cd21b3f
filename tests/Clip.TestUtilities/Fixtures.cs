namespace Clip.TestUtilities;

/// <summary>The recorded data in tests/Fixtures.</summary>
public static class Fixtures
{
    /// <summary>The folder of the repository, in which Clip.sln is.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder tests/Fixtures of the repository.</summary>
    public static string Root { get; } = Path.Combine(Repository, "tests", "Fixtures");

    /// <summary>The full path of a file or folder among the fixtures.</summary>
    /// <param name="parts">Its path below tests/Fixtures.</param>
    public static string Find(params string[] parts)
    {
        var path = Path.Combine([Root, .. parts]);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new FileNotFoundException($"There is no fixture '{string.Join('/', parts)}'.", path);
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Clip.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException("The tests run from a build below the repository, where Clip.sln is.");
    }
}
