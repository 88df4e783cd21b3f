using Clip.Cli.Files;

namespace Clip.Cli.Tests.Files;

public sealed class ImageInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImageInputsTests()
    {
        foreach (var path in (string[])["b.png", "a/z.JPG", "a.jpg", "a/b/c.webp", "a-1.gif", "notes.txt", "B.bmp"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
            File.WriteAllBytes(_folder.File(path), []);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Below_Folder_GivesImagesInOrdinalOrderOfPaths()
    {
        var paths = ImageInputs.Below(_folder.Path, Unexpected).ToList();

        Assert.Equal(["B.bmp", "a-1.gif", "a.jpg", "a/b/c.webp", "a/z.JPG", "b.png"], paths);
        Assert.Equal(paths.Order(StringComparer.Ordinal), paths);
    }

    [Fact]
    public void Expand_Arguments_KeepTheirOrderAndNames()
    {
        var (folder, file) = (_folder.File("a"), _folder.File("notes.txt"));

        Assert.Equal([file, $"{folder}/b/c.webp", $"{folder}/z.JPG", "missing.png"], ImageInputs.Expand([file, folder, "missing.png"], Unexpected));
    }

    [Theory]
    [InlineData("*.jpg", "a.jpg")]
    [InlineData("*", "B.bmp", "a-1.gif", "a.jpg", "b.png")]
    [InlineData("**/*", "B.bmp", "a-1.gif", "a.jpg", "a/b/c.webp", "a/z.JPG", "b.png")]
    [InlineData("a/*/*.webp", "a/b/c.webp")]
    [InlineData("no/*.jpg")]
    public void Expand_Pattern_MatchesImages(string pattern, params string[] expected) =>
        Assert.Equal(expected.Select(path => $"{_folder.Path}/{path}"), ImageInputs.Expand([$"{_folder.Path}/{pattern}"], Unexpected));

    [Fact]
    public void Below_LinkToFolderAbove_IsNotFollowed()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Links need rights on Windows.");
        Directory.CreateSymbolicLink(_folder.File("a/loop"), _folder.Path);
        File.CreateSymbolicLink(_folder.File("link.png"), _folder.File("b.png"));

        var paths = ImageInputs.Below(_folder.Path, Unexpected).ToList();

        Assert.Equal(7, paths.Count);
        Assert.Contains("link.png", paths);
    }

    private static void Unexpected(string folder, Exception error) => Assert.Fail($"{folder}: {error}");
}
