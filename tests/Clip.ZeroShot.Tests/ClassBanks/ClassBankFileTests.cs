using Clip.Checkpoints;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.ClassBanks;

public sealed class ClassBankFileTests(TinyModels models) : IDisposable
{
    private const int Size = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [NoTensorLeaks]
    public void SaveAndLoad_GiveTheSameBank()
    {
        string[] names = ["cat", "\"dog\", \\ {} 犬 🐕", "line\nbreak"];
        var bank = ClassBank.Create(models.Softmax, names, ["{}", "a \"{}\""]);

        bank.Save(_folder.File("bank.safetensors"));
        var loaded = ClassBank.Load(_folder.File("bank.safetensors"));

        Assert.Equal(names, loaded.ClassNames);
        Assert.Equal(bank.Templates, loaded.Templates);
        Assert.Equal(bank.EmbeddingSize, loaded.EmbeddingSize);
        Assert.Equal(bank.ModelName, loaded.ModelName);
        Assert.Equal(models.Softmax.GetWeightsHash(), loaded.GetWeightsHash());
        Assert.Equal(bank.Embeddings, loaded.Embeddings);
        Assert.Equal(["bank.safetensors"], _folder.Names);
    }

    [Fact]
    public void Save_TwoTimes_GivesTheSameBytes()
    {
        var bank = ClassBank.Create(models.Softmax, ["cat"], PromptTemplates.None);
        bank.Save(_folder.File("a"));
        ClassBank.Load(_folder.File("a")).Save(_folder.File("b"));
        Assert.Equal(File.ReadAllBytes(_folder.File("a")), File.ReadAllBytes(_folder.File("b")));
    }

    [Fact]
    public void Save_NoFolder_ThrowsAndLeavesNothing()
    {
        var bank = ClassBank.Create(models.Softmax, ["cat"], PromptTemplates.None);
        Assert.Throws<DirectoryNotFoundException>(() => bank.Save(Path.Combine(_folder.Path, "none", "bank")));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Load_ValidFileOfTheFormat_IsRead() => Assert.Equal(["x", "y"], ClassBank.Load(Write()).ClassNames);

    [Fact]
    public void Load_NoFile_ThrowsFileNotFound() => Assert.Throws<FileNotFoundException>(() => ClassBank.Load(_folder.File("none")));

    [Theory]
    [InlineData("clip_class_bank", null, "is no class bank")]
    [InlineData("clip_class_bank", "2", "version '2'")]
    [InlineData("class_names", null, "'class_names' is missing")]
    [InlineData("class_names", "[\"x\"]", "should have 'class_embeddings' as Float32 [1, 4], but it is Float32 [2, 4]")]
    [InlineData("class_names", "[\"x\", \"y\", \"z\"]", "[3, 4]")]
    [InlineData("class_names", "[]", "list of strings")]
    [InlineData("class_names", "[\"x\", null]", "list of strings")]
    [InlineData("class_names", "[\"x\", 1]", "list of strings")]
    [InlineData("class_names", "[\"x\", [\"y\"]]", "list of strings")]
    [InlineData("class_names", "[\"x\", \"y\"] []", "list of strings")]
    [InlineData("class_names", "[\"x\", \"\\ud800\"]", "list of strings")]
    [InlineData("class_names", "{\"x\": \"y\"}", "list of strings")]
    [InlineData("class_names", "[\"x\", \"y\"", "list of strings")]
    [InlineData("class_names", "", "list of strings")]
    [InlineData("class_names", "[\"x\", \" \"]", "class name, 1, that is blank")]
    [InlineData("templates", null, "'templates' is missing")]
    [InlineData("templates", "[\"no place\"]", "templates that are none")]
    [InlineData("templates", "7", "list of strings")]
    [InlineData("weights_sha256", null, "'weights_sha256' is missing")]
    [InlineData("weights_sha256", "abc", "no SHA-256")]
    [InlineData("weights_sha256", "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789", "no SHA-256")]
    [InlineData("embedding_size", "5", "[2, 5]")]
    [InlineData("embedding_size", "-4", "[2, -4]")]
    [InlineData("embedding_size", null, "'embedding_size' is missing")]
    [InlineData("model", null, "'model' is missing")]
    public void Load_BadMetadata_ThrowsCheckpointException(string key, string? value, string message) =>
        AssertRefused(Write(metadata => Set(metadata, key, value)), message);

    [Fact]
    public void Load_ListsBeyondTheLimits_ThrowsCheckpointException()
    {
        AssertRefused(Write(metadata => metadata["class_names"] = "[" + string.Join(',', Enumerable.Repeat("\"\"", 1_000_001)) + "]"), $"more than {1_000_000:N0} items");
        AssertRefused(Write(metadata => metadata["class_names"] = "[\"" + new string('x', 16_000_000) + "\"]"), $"more than the {16_000_000:N0}");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0.5f)]
    [InlineData(1.01f)]
    [InlineData(0f)]
    public void Load_RowThatIsNotOfUnitLength_ThrowsCheckpointException(float value)
    {
        using var rows = tensor([1f, 0, 0, 0, value, 0, 0, 0], [2, Size]);
        AssertRefused(Write(rows: rows), $"row, 1, of length {value:G6};");
    }

    [Fact]
    public void Load_TensorsOfAnotherKind_ThrowsCheckpointException()
    {
        using var scope = NewDisposeScope();
        AssertRefused(Write(rows: Unit().to(ScalarType.Float64)), "Float64 [2, 4]");
        AssertRefused(Write(rows: Unit().view(2, 2, 2)), "[2, 2, 2]");
        AssertRefused(Write(rows: Unit().view(8)), "[8]");
        AssertRefused(Write(rows: Unit(), name: "embeddings"), "one tensor, 'class_embeddings'");
        AssertRefused(Write(rows: empty(2, 0)), "[2, 0]");
    }

    [Fact]
    public void Load_TwoTensors_ThrowsCheckpointException()
    {
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(_folder.File("two"), [new("class_embeddings", Unit()), new("more", Unit())], Metadata());
        AssertRefused(_folder.File("two"), "but has 2");
    }

    [Fact]
    public void Load_ModelsWeights_ThrowsCheckpointException() =>
        AssertRefused(Directory.GetFiles(models.Folder, "*.safetensors").Single(), "is no class bank");

    /// <summary>Whatever single byte of a file is changed: a bank or a CheckpointException, nothing else.</summary>
    [Fact]
    public void Load_AnyByteChanged_ThrowsNothingElse()
    {
        var bytes = File.ReadAllBytes(Write());
        var refused = 0;
        for (var place = 0; place < bytes.Length; place++)
        {
            var mutated = bytes.ToArray();
            mutated[place] ^= (byte)(1 << (place % 8));
            try
            {
                ClassBank.Load(_folder.Write("mutated", mutated));
            }
            catch (CheckpointException e)
            {
                Assert.Contains(_folder.File("mutated"), e.Message);
                refused++;
            }
        }
        Assert.InRange(refused, bytes.Length / 2, bytes.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(100)]
    public void Load_CutFile_ThrowsCheckpointException(int length) =>
        AssertRefused(_folder.Write("cut", File.ReadAllBytes(Write())[..length]), "");

    private string Write(Action<Dictionary<string, string>>? change = null, Tensor? rows = null, string name = "class_embeddings")
    {
        var metadata = Metadata();
        change?.Invoke(metadata);
        using var unit = Unit();
        return SafetensorsFile.Write(_folder.File("bank"), [new(name, rows ?? unit)], metadata);
    }

    private static void Set(Dictionary<string, string> metadata, string key, string? value)
    {
        if (value is null)
            metadata.Remove(key);
        else
            metadata[key] = value;
    }

    private static void AssertRefused(string path, string message)
    {
        var error = Assert.Throws<CheckpointException>(() => ClassBank.Load(path));
        Assert.StartsWith($"'{path}'", error.Message);
        Assert.Contains(message, error.Message);
    }

    private static Tensor Unit() => tensor([1f, 0, 0, 0, 0, 0.6f, 0.8f, 0], [2, Size]);

    private static Dictionary<string, string> Metadata() => new()
    {
        ["clip_class_bank"] = "1",
        ["class_names"] = """["x","y"]""",
        ["templates"] = """["{}"]""",
        ["weights_sha256"] = new string('a', 64),
        ["model"] = "tiny",
        ["embedding_size"] = "4",
    };
}
