using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Clip.DependencyInjection.Tests.Support;

namespace Clip.DependencyInjection.Tests.Documentation;

/// <summary>The notebook, its cells run one after another.</summary>
public sealed partial class NotebookTests(TinyModel tiny) : IDisposable
{
    private readonly WorkingFolder _folder = new(tiny);
    private readonly JsonArray _cells = JsonNode.Parse(File.ReadAllText(
        Path.Combine(Fixtures.Repository, "samples", "Notebooks", "zero-shot.ipynb")))!["cells"]!.AsArray();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cells_OnSmallModel_Run()
    {
        var printed = await ScriptRunner.RunAsync(_cells.Where(IsCode).Select(cell =>
            HasTag(cell!, "parameters") ? "var source = \"model\";" : PackageLine().Replace(Source(cell!), "")));

        Assert.Contains($"embeddings of {TinyClip.EmbeddingSize} numbers", printed, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^red square +\d+\.\d %", printed);
        Assert.Matches(@"(?m)^a red square +-?\d\.\d{3} +-?\d\.\d{3}", printed);
    }

    [Fact]
    public void Cells_HaveNoOutputs()
    {
        Assert.All(_cells.Where(IsCode), cell => Assert.Empty(cell!["outputs"]!.AsArray()));
        Assert.All(_cells.Where(IsCode), cell => Assert.Null(cell!["execution_count"]));
        Assert.Single(_cells, cell => HasTag(cell!, "parameters"));
    }

    [Fact]
    public void Packages_AreThoseOfTheRepository()
    {
        var packages = _cells.Where(IsCode).SelectMany(cell => PackageLine().Matches(Source(cell!)))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["version"].Value);

        Assert.Equal(Property("src/Directory.Build.props", "Version"), packages["Clip.ZeroShot"]);
        Assert.Equal(Property("Directory.Packages.props", "LibTorchVersion"), packages["libtorch-cpu-linux-x64"]);
        Assert.Equal(2, packages.Count);
    }

    private static string Property(string file, string name) =>
        Regex.Match(File.ReadAllText(Path.Combine(Fixtures.Repository, file)), $"<{name}>(.*)</{name}>").Groups[1].Value;

    private static bool IsCode(JsonNode? cell) => (string)cell!["cell_type"]! == "code";

    private static bool HasTag(JsonNode cell, string tag) => cell["metadata"]?["tags"]?.AsArray().Any(value => (string)value! == tag) ?? false;

    private static string Source(JsonNode cell) => string.Concat(cell["source"]!.AsArray().Select(line => (string)line!));

    [GeneratedRegex("""^#r "nuget: *(?<name>[^,"]+), *(?<version>[^"]+)"\n?""", RegexOptions.Multiline)]
    private static partial Regex PackageLine();
}
