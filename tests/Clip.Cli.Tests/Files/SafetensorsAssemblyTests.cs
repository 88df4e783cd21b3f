using System.Runtime.InteropServices;
using System.Text.Json;
using Clip.Checkpoints;
using Clip.Cli.Files;

namespace Clip.Cli.Tests.Files;

public sealed class SafetensorsAssemblyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_TensorsAndNames_AreReadBack()
    {
        string[] names = ["a", "\"quoted\" \\ \n \u0001", "é 🐈", ""];
        var path = _folder.File("x.safetensors");

        using (var assembly = new SafetensorsAssembly(path))
        using (var spooled = new NameSpool(path))
        using (var values = new Spool(path))
        {
            foreach (var name in names)
                spooled.Add(name);
            assembly.AddMetadata("model", "a \"b\"");
            assembly.AddMetadata("names", spooled);
            assembly.AddTensor("first \"one\"", 2, 2);
            assembly.AddTensor("empty", 0, 5);
            assembly.AddTensor("second", 1);
            values.Write([1f, 2f, 3f, 4f, 5f]);
            assembly.AddData(values);
            assembly.Commit();
        }

        Assert.Equal(["x.safetensors"], _folder.Names);
        using var read = Checkpoint.Open(path);
        Assert.Equal("a \"b\"", read.Metadata["model"]);
        Assert.Equal(names, JsonSerializer.Deserialize<string[]>(read.Metadata["names"]));
        Assert.Equal([0L, 5], read.Tensors["empty"].Shape);
        using var first = read.ReadTensor("first \"one\"");
        using var second = read.ReadTensor("second");
        Assert.Equal([1f, 2f, 3f, 4f], MemoryMarshal.Cast<byte, float>(first.bytes).ToArray());
        Assert.Equal(5, second[0].item<float>());
        // Readers map the data: it begins at a multiple of 8.
        Assert.Equal(0, BitConverter.ToInt64(File.ReadAllBytes(path), 0) % 8);
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesNothing()
    {
        using (var assembly = new SafetensorsAssembly(_folder.File("x.safetensors")))
            assembly.AddTensor("a", 1);

        Assert.Empty(_folder.Names);
    }
}
