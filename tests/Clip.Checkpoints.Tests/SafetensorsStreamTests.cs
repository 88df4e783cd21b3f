using System.Text.Json;

namespace Clip.Checkpoints.Tests;

public sealed class SafetensorsStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("x.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_TensorsRowsAndTexts_AreReadBack()
    {
        string[] names = ["a", "\"quoted\" \\ \n \u0001", "é 🐈", ""];
        using (var file = new SafetensorsStream(Path))
        {
            var texts = file.AddTexts("names");
            var rows = file.AddRows("rows", 2);
            file.AddMetadata("model", "a \"b\"");
            foreach (var name in names)
            {
                texts.Add(name);
                rows.Add([name.Length, -1]);
            }
            file.AddTensor("first \"one\"", [2, 2], [1, 2, 3, 4]);
            file.AddTensor("empty", [0, 5], []);
            file.AddTensor("scalar", [], [7]);
            Assert.Equal(0, file.AddRows("none", 3, 0).Count);
            Assert.DoesNotContain("x.safetensors", _folder.Names);
            file.Commit();
        }

        Assert.Equal(["x.safetensors"], _folder.Names);
        using var read = Checkpoint.Open(Path);
        Assert.Equal(["model", "names"], read.Metadata.Keys);
        Assert.Equal("a \"b\"", read.Metadata["model"]);
        Assert.Equal(names, JsonSerializer.Deserialize<string[]>(read.Metadata["names"]));
        Assert.Equal([0L, 5], read.Tensors["empty"].Shape);
        Assert.Equal([0L, 3, 0], read.Tensors["none"].Shape);
        Assert.Equal([1f, 2, 3, 4], Read(read, "first \"one\"", 2, 2));
        Assert.Equal([7f], Read(read, "scalar"));
        Assert.Equal(names.SelectMany(name => new float[] { name.Length, -1 }), Read(read, "rows", 4, 2));
        // Readers map the data: it begins at a multiple of 8.
        Assert.Equal(0, BitConverter.ToInt64(File.ReadAllBytes(Path), 0) % 8);
    }

    // The other writer, which knows all tensors before it writes, gives the same file.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Commit_TensorsInOrder_HasTheBytesOfTheOtherWriter(bool hasMetadata)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(3, 4), rand(2));
        var metadata = new Dictionary<string, string> { ["é"] = "\"'<>&\n", ["b"] = "" };
        SafetensorsFile.Write(_folder.File("whole.safetensors"), [new("a", a), new("b'<é", b)], hasMetadata ? metadata : null);

        using (var file = new SafetensorsStream(Path))
        {
            file.AddTensor("a", [3, 4], a.data<float>().ToArray());
            file.AddTensor("b'<é", [2], b.data<float>().ToArray());
            foreach (var (key, value) in hasMetadata ? metadata : [])
                file.AddMetadata(key, value);
            file.Commit();
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("whole.safetensors")), File.ReadAllBytes(Path));
    }

    [Fact]
    public void Commit_NothingAdded_IsAnEmptyFileOfTheFormat()
    {
        using (var file = new SafetensorsStream(Path))
            file.Commit();
        using (var read = Checkpoint.Open(Path))
            Assert.Empty(read.Tensors);

        using (var file = new SafetensorsStream(Path))
        {
            file.AddTexts("names");
            file.Commit();
        }
        using var other = Checkpoint.Open(Path);
        Assert.Equal("[]", other.Metadata["names"]);
    }

    // Longer than all buffers, with characters of several bytes at their ends.
    [Fact]
    public void Commit_ManyNames_AreReadBack()
    {
        var names = Enumerable.Range(0, 30_000).Select(number => $"🐈é{number}").ToArray();
        using (var file = new SafetensorsStream(Path))
        {
            var texts = file.AddTexts("names");
            foreach (var name in names)
            {
                texts.Add(name);
                file.AddTensor(name, [1], [name.Length]);
            }
            file.Commit();
        }

        using var read = Checkpoint.Open(Path);
        Assert.Equal(names, JsonSerializer.Deserialize<string[]>(read.Metadata["names"]));
        Assert.Equal(names.Order(StringComparer.Ordinal), read.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([names[^1].Length], Read(read, names[^1], 1));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesTheOldFile()
    {
        File.WriteAllText(Path, "old");
        using (var file = new SafetensorsStream(Path))
            file.AddTensor("a", [1], [1]);

        Assert.Equal(["x.safetensors"], _folder.Names);
        Assert.Equal("old", File.ReadAllText(Path));
    }

    [Fact]
    public void Add_WhatAFileCannotHold_ThrowsArgumentException()
    {
        using var file = new SafetensorsStream(Path);
        file.AddTensor("a", [1], [1]);
        file.AddMetadata("key", "");

        Assert.Contains("named 'a'", Assert.Throws<ArgumentException>(() => file.AddRows("a", 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => file.AddTensor("b", [2], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.AddRows("b", -1));
        Assert.Throws<ArgumentException>(() => file.AddRows("b", 2).Add([1]));
        Assert.Throws<ArgumentException>(() => file.AddTensor("__metadata__", [1], [1]));
        Assert.Throws<ArgumentException>(() => file.AddTensor("\ud800", [1], [1]));
        Assert.Throws<ArgumentException>(() => file.AddTexts("key"));
        Assert.Throws<ArgumentException>(() => file.AddMetadata("other", "\ud800"));
        Assert.Throws<DirectoryNotFoundException>(() => new SafetensorsStream(_folder.File("none/x.safetensors")));
    }

    private static float[] Read(Checkpoint file, string name, params long[] shape)
    {
        using var tensor = file.ReadTensor(name);
        Assert.Equal(shape, tensor.shape);
        return tensor.data<float>().ToArray();
    }
}
