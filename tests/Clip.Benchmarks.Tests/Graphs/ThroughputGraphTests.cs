using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Clip.Benchmarks.Graphs;
using Clip.Benchmarks.Peers;
using Clip.Benchmarks.Results;

namespace Clip.Benchmarks.Tests.Graphs;

public sealed class ThroughputGraphTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_ResultsOfTwoFiles_DrawsEachCaseAndItsPeer()
    {
        Write("one.json", new PeerResult("ViT-B/32 image", "float32", 1, 100, 200, 0) { Threads = 1 }, new PeerResult("ViT-B/32 image", "float32", 4, 200, 400, 0) { Threads = 1 });
        Write("two.json", new PeerResult("ViT-B/32 image", "float32", 1, 50, 50, 0) { Threads = 2 }, new PeerResult("ViT-B/32 image", "float32", 2, 0, 0, 0) { Error = "no" });

        Assert.Equal(0, ThroughputGraph.Run([_folder.File("one.json"), _folder.File("two.json"), "--output", _folder.File("graph.svg")]));

        var svg = XDocument.Load(_folder.File("graph.svg")).Root!;
        var labels = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToList();
        foreach (var label in (string[])["1 thread: this library", "1 thread: ONNX Runtime", "2 threads: this library", "2 threads: ONNX Runtime"])
            Assert.Contains($"ViT-B/32 image, float32, {label}", labels);
        Assert.Contains("4", labels);
        // 10 and 20 images per second, then 5 and 10, then 20 twice: higher is further up.
        var heights = svg.Descendants().Where(element => element.Name.LocalName == "circle").Select(circle => double.Parse(circle.Attribute("cy")!.Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(6, heights.Count);
        Assert.Equal(heights[0], heights[3]);
        Assert.Equal([heights[1], heights[1]], heights[4..]);
        Assert.True(heights[1] < heights[0] && heights[0] < heights[2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--output graph.svg")]
    [InlineData("results.json")]
    [InlineData("results.json --output")]
    public void Run_WrongCommandLine_IsAUsageError(string line) => Assert.Equal(2, ThroughputGraph.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private void Write(string name, params PeerResult[] results) => File.WriteAllText(_folder.File(name), JsonSerializer.Serialize(results, ResultJson.Options));
}
