using Clip.DependencyInjection.Tests.Support;

namespace Clip.DependencyInjection.Tests.Documentation;

/// <summary>The programs in the documentation, compiled and run.</summary>
public sealed class ReadmeTests(TinyModel tiny) : IDisposable
{
    private readonly WorkingFolder _folder = new(tiny);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PackageReadme_Program_RunsAndPrintsWhatItSays()
    {
        var blocks = File.ReadAllText(Path.Combine(Fixtures.Repository, "src", "Clip.DependencyInjection", "README.md")).ReplaceLineEndings("\n").Split("```");
        var program = Array.Find(blocks, block => block.StartsWith("csharp\n", StringComparison.Ordinal))!["csharp\n".Length..];
        var output = blocks[Array.FindIndex(blocks, block => block.Contains("\nprints", StringComparison.Ordinal)) + 1].Trim();

        // A script has no using declarations at its top level, and otherwise is the program.
        var printed = await ScriptRunner.RunAsync([program.Replace("await using var provider", "var provider", StringComparison.Ordinal)]);

        Assert.Equal(output.Replace("512", $"{TinyClip.EmbeddingSize}", StringComparison.Ordinal), printed.Trim());
    }
}
