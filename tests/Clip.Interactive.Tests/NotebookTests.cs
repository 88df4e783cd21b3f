using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Clip.Interactive.Tests;

/// <summary>The notebooks as they are in the repository; eng/run-notebooks executes them.</summary>
public sealed partial class NotebookTests
{
    private static readonly string Folder = Path.Combine(Fixtures.Repository, "samples", "Notebooks");

    public static TheoryData<string> Notebooks => [.. Directory.GetFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Notebooks))]
    public void Outputs_AreThereWithoutErrorsAndPlacesOfAMachine(string notebook)
    {
        var cells = Cells(notebook);
        var outputs = cells.SelectMany(cell => cell["outputs"]?.AsArray() ?? []).ToList();

        Assert.InRange(outputs.Count(output => output!["data"]?["text/html"] is not null), 2, 20);
        Assert.DoesNotContain(outputs, output => (string)output!["output_type"]! == "error");
        Assert.All(outputs, output => Assert.DoesNotMatch(PlaceOfAMachine(), Base64().Replace(output!.ToJsonString(), "")));
        Assert.All(cells, cell => Assert.Null(cell["metadata"]!["execution"]));
    }

    [Fact]
    public void Notebooks_Together_AreSmall() => Assert.InRange(Directory.GetFiles(Folder).Sum(path => new FileInfo(path).Length), 50_000, 1_500_000);

    [Theory, MemberData(nameof(Notebooks))]
    public void Packages_AreThoseOfTheRepository(string notebook)
    {
        var packages = Cells(notebook).SelectMany(cell => PackageLine().Matches(Source(cell)))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["version"].Value);

        Assert.Equal(Property("Directory.Packages.props", "LibTorchVersion"), packages["libtorch-cpu-linux-x64"]);
        Assert.All(packages.Where(package => package.Key.StartsWith("Clip.", StringComparison.Ordinal)),
            package => Assert.Equal(Property("src/Directory.Build.props", "Version"), package.Value));
        Assert.All(packages.Where(package => package.Key.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)),
            package => Assert.Equal(Property("Directory.Packages.props", "ExtensionsVersion"), package.Value));
        Assert.Contains("Clip.Interactive", packages.Keys);
    }

    [Theory, MemberData(nameof(Notebooks))]
    public void Model_IsNamedInOneCellAndInTheRepository(string notebook)
    {
        var cell = Assert.Single(Cells(notebook), cell => cell["metadata"]!["tags"]?.AsArray().Any(tag => (string)tag! == "parameters") ?? false);
        var source = Regex.Match(Source(cell), "var source = \"(.*)\";").Groups[1].Value;

        Assert.True(Directory.Exists(Path.Combine(Folder, source)));
        Assert.Contains(Cells(notebook), other => (string)other["cell_type"]! == "markdown" && Source(other).Contains("ViT-B/32", StringComparison.Ordinal));
    }

    [Fact]
    public void Readme_NamesEveryNotebook()
    {
        var readme = File.ReadAllText(Path.Combine(Folder, "README.md"));

        Assert.All(Notebooks, notebook => Assert.Contains($"({notebook.Data})", readme));
    }

    private static List<JsonNode> Cells(string notebook) =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, notebook)))!["cells"]!.AsArray().Select(cell => cell!)];

    private static string Source(JsonNode cell) => string.Concat(cell["source"]!.AsArray().Select(line => (string)line!));

    private static string Property(string file, string name) =>
        Regex.Match(File.ReadAllText(Path.Combine(Fixtures.Repository, file)), $"<{name}>(.*)</{name}>").Groups[1].Value;

    [GeneratedRegex("""^#r "nuget: *(?<name>[^,"]+), *(?<version>[^"]+)"\n?""", RegexOptions.Multiline)]
    private static partial Regex PackageLine();

    // Folders from the root, drives, addresses and ports.
    [GeneratedRegex(@"(?<![\w.])/(home|root|tmp|work|Users|usr|var|opt|mnt)/|\b[A-Z]:\\\\|https?://(?!www\.w3\.org/)|\b\d{1,3}(\.\d{1,3}){3}\b")]
    private static partial Regex PlaceOfAMachine();

    [GeneratedRegex("base64,[A-Za-z0-9+/=]+")]
    private static partial Regex Base64();
}
