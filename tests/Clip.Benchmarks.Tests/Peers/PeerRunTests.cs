using System.Text.Json;
using Clip.Benchmarks.Peers;
using Clip.Benchmarks.Peers.Cases;
using Clip.Benchmarks.Results;
using Clip.Runtime;

namespace Clip.Benchmarks.Tests.Peers;

public sealed class PeerRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _printed = new() { NewLine = "\n" };

    private string JsonPath => _folder.File("results.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Measure_CaseThatThrows_IsARowThatSaysWhyAndTheOthersAreMeasured()
    {
        var failures = Run(
            new FakeCase("first", () => (1, 2)),
            new FakeCase("second", () => throw new NotSupportedException("This processor\ndoes not serve it.")),
            new FakeCase("third", () => (4, 2)));

        Assert.Equal(1, failures);
        var rows = _printed.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, rows.Length);
        Assert.Matches(@"^first +float32 +1 +1000\.00 +2000\.00 +2\.00 +50 %$", rows[1]);
        Assert.Matches("^second +float32 +1 not measured: This processor does not serve it.$", rows[2]);
        Assert.Matches(@"^third +float32 +1 +4000\.00 +2000\.00 +0\.50 +50 %$", rows[3]);

        var json = JsonDocument.Parse(File.ReadAllText(JsonPath)).RootElement;
        Assert.Equal(["first", "second", "third"], json.EnumerateArray().Select(row => row.GetProperty("case").GetString()));
        Assert.Equal(2, json[0].GetProperty("ratio").GetDouble());
        Assert.False(json[0].TryGetProperty("error", out _));
        Assert.Equal(["case", "precision", "batch", "error"], json[1].EnumerateObject().Select(property => property.Name));
        Assert.Equal("This processor does not serve it.", json[1].GetProperty("error").GetString());
    }

    // What a process leaves that is ended in the middle of a case.
    [Fact]
    public void Measure_DuringACase_TheRowsBeforeArePrintedAndInTheFile()
    {
        var seen = new List<(int Printed, int InFile)>();
        var cases = Enumerable.Range(0, 3).Select(i => new FakeCase($"case {i}", () =>
        {
            seen.Add((_printed.ToString().Split('\n').Count(row => row.StartsWith("case ", StringComparison.Ordinal) && row.Contains('.')), RowsInFile()));
            return (1, 1);
        }));

        Run([.. cases]);

        Assert.Equal([(0, 0), (1, 1), (2, 2)], seen);
        Assert.Equal(3, RowsInFile());
        Assert.Equal([Path.GetFileName(JsonPath)], _folder.Names);
    }

    [Fact]
    public void Run_UnknownCaseOrFolder_IsAUsageError()
    {
        Assert.Equal(2, PeerComparison.Run(["--cases", "no such case"]));
        Assert.Equal(2, PeerComparison.Run(["--onnx", _folder.File("missing"), "--cases", "RN50 image batch 1 float32"]));
        Assert.Equal(2, PeerComparison.Run(["--rounds", "0"]));
    }

    private int Run(params PeerCase[] cases)
    {
        using var setting = new PeerSetting(new PeerOptions(), threads: 1);
        using var json = new ResultFile<PeerResult>(JsonPath);
        return new PeerRun(new PeerTable(_printed, cases.Select(one => one.Name)), json).Measure(cases, setting);
    }

    private int RowsInFile() => JsonDocument.Parse(File.ReadAllText(JsonPath)).RootElement.GetArrayLength();

    private sealed class FakeCase(string name, Func<(double Ours, double Peer)> measure) : PeerCase(name, 1, Precision.Float32)
    {
        public override string? Graph => null;

        public override PeerResult Measure(PeerSetting setting)
        {
            var (ours, peer) = measure();
            return new(Name, "float32", Batch, 1000 * ours, 1000 * peer, 0.5);
        }
    }
}
