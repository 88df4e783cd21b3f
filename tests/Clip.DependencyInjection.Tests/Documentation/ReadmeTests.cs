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

    [Fact]
    public void Guide_Code_Compiles()
    {
        // What the pieces take for granted, as an application has it.
        const string Around = """
            using Clip;
            using Clip.DependencyInjection;
            using Microsoft.Extensions.AI;
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;
            using Microsoft.Extensions.VectorData;
            var builder = Host.CreateApplicationBuilder();
            var services = builder.Services;
            ClipEmbeddingGenerator generator = null;
            DataContent image = null;
            """;
        var pieces = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "dependency-injection.md")).ReplaceLineEndings("\n").Split("```")
            .Where(block => block.StartsWith("csharp\n", StringComparison.Ordinal)).Select(block => block["csharp\n".Length..]).ToList();

        Assert.Equal(4, pieces.Count);
        Assert.Empty(ScriptRunner.Compile([Around, .. pieces]));
    }
}
