using Clip.Benchmarks.Peers.Cases;

namespace Clip.Benchmarks.Tests.Peers;

public sealed class FolderCasesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_ConfigsBesideGraphs_AreCasesOfTwoBatches()
    {
        foreach (var name in (string[])["ViTamin-S.json", "ViTamin-S-image.onnx", "alone.json", "RN50-image.onnx"])
            File.WriteAllText(_folder.File(name), "");

        var cases = FolderCases.Find(_folder.Path).ToList();

        Assert.Equal(["ViTamin-S image batch 1 float32", "ViTamin-S image batch 8 float32"], cases.Select(one => one.Label));
        Assert.All(cases, one => Assert.Equal("ViTamin-S-image.onnx", one.Graph));
    }

    [Fact]
    public void Find_NoFolder_HasNone()
    {
        Assert.Empty(FolderCases.Find(null));
        Assert.Empty(FolderCases.Find(_folder.File("missing")));
    }
}
