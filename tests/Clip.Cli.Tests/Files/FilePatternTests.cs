using Clip.Cli.Files;
using Clip.Shared;

namespace Clip.Cli.Tests.Files;

public sealed class FilePatternTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FilePatternTests()
    {
        foreach (var path in (string[])["a/p.png", "a/b/q.png", "c/r.png", "s.png"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
            File.WriteAllBytes(_folder.File(path), []);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("**/*.png", "a/b/q.png", "a/p.png", "c/r.png", "s.png")]
    [InlineData("**/**/*.png", "a/b/q.png", "a/p.png", "c/r.png", "s.png")]
    [InlineData("**/b/*", "a/b/q.png")]
    [InlineData("a/**", "a/b/q.png", "a/p.png")]
    [InlineData("*/p.png", "a/p.png")]
    [InlineData("*/r?png")]
    [InlineData("*/../s.png", "a/../s.png", "c/../s.png")]
    public void Match_Pattern_FindsFiles(string pattern, params string[] expected) =>
        Assert.Equal(expected.Select(path => $"{_folder.Path}/{path}"), Match(pattern));

    [Fact]
    public void Match_LinkInCircle_IsNotFollowedBehindAnyDepth()
    {
        LinkTo(_folder.Path, "a/loop");

        Assert.Equal([$"{_folder.Path}/a/p.png"], Match("**/p.png"));
        Assert.Equal([$"{_folder.Path}/a/p.png"], Match("**/*/p.png"));
    }

    [Fact]
    public void Match_LinkForOneName_IsFollowedAsByAShell()
    {
        LinkTo(_folder.File("a"), "link");

        Assert.Equal([$"{_folder.Path}/a/p.png", $"{_folder.Path}/link/p.png"], Match("*/p.png"));
    }

    [Fact]
    public void Files_FolderThatCannotBeRead_IsToldAndTheOthersAreRead()
    {
        var told = new List<string>();

        var files = FolderWalk.Files(_folder.Path, (folder, _) => told.Add(folder), folder => Path.GetFileName(folder) == "a"
            ? throw new UnauthorizedAccessException()
            : new DirectoryInfo(folder).EnumerateFileSystemInfos()).ToList();

        Assert.Equal(["c/r.png", "s.png"], files);
        Assert.Equal([_folder.File("a")], told);
    }

    private IEnumerable<string> Match(string pattern) =>
        FilePattern.Match($"{_folder.Path}/{pattern}", (folder, error) => Assert.Fail($"{folder}: {error}"));

    private void LinkTo(string target, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Directory.CreateSymbolicLink(_folder.File(name), target);
    }
}
