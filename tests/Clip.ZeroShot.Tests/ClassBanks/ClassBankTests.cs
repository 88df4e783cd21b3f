using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.ClassBanks;

public sealed class ClassBankTests(TinyModels models)
{
    private static readonly PromptTemplates Short = ["{}", "a {}"];

    [Fact]
    public void Create_NamesAndTemplates_IsTheUnitMeanOfThePromptsUnitEmbeddings()
    {
        var bank = ClassBank.Create(models.Softmax, ["cat", "dog", "a boat"], Short);

        Assert.Equal(["cat", "dog", "a boat"], bank.ClassNames);
        Assert.Equal(Short, bank.Templates);
        Assert.Equal(models.Softmax.EmbeddingSize, bank.EmbeddingSize);
        Assert.Equal(3 * bank.EmbeddingSize, bank.Embeddings.Length);
        for (var i = 0; i < 3; i++)
        {
            var prompts = models.Softmax.EmbedTexts(Short.Fill(bank.ClassNames[i]));
            var mean = prompts[0].Zip(prompts[1], (a, b) => ((double)a + b) / 2).ToArray();
            var length = Math.Sqrt(mean.Sum(x => x * x));
            for (var j = 0; j < mean.Length; j++)
                Assert.Equal(mean[j] / length, bank.GetEmbedding(i)[j], 2e-6);
        }
    }

    [Fact]
    public void Create_NoTemplates_TakesPhoto()
    {
        var bank = ClassBank.Create(models.Softmax, ["cat"]);
        Assert.Equal(PromptTemplates.Photo, bank.Templates);
        AssertClose(models.Softmax.EmbedText("a photo of a cat."), bank.GetEmbedding(0));
    }

    [Theory]
    [InlineData("Class name 2, \"dog\", is class name 0 already", "dog", "cat", "dog")]
    [InlineData("Class name 1 is blank", "dog", " ")]
    [InlineData("Class name 0 is null", null)]
    [InlineData("At least one class name")]
    public void Create_BadNames_ThrowsWithTheirPlace(string message, params string?[]? names) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => ClassBank.Create(models.Softmax, (names ?? [null])!, Short)).Message);

    [Fact]
    public void Create_HalfASurrogatePair_ThrowsWithItsPlace() =>
        Assert.Contains("Class name 1 is not valid text", Assert.Throws<ArgumentException>(() => ClassBank.Create(models.Softmax, ["dog", "\udc00"], Short)).Message);

    [Fact]
    public void Create_DuplicatesAllowed_GivesThemTheSameRow()
    {
        var bank = ClassBank.Create(models.Softmax, ["dog", "cat", "dog"], Short, new ClassBankOptions { AllowDuplicateNames = true });
        Assert.Equal(bank.GetEmbedding(0), bank.GetEmbedding(2));
        Assert.False(bank.GetEmbedding(0).SequenceEqual(bank.GetEmbedding(1)));
    }

    [Fact]
    public void Create_PromptBeyondTheContext_ThrowsWithClassAndPrompt()
    {
        var name = string.Concat(Enumerable.Repeat("q ", 80)).Trim();
        var error = Assert.Throws<ArgumentException>(() => ClassBank.Create(models.Softmax, ["cat", name], ["a photo of many {}."]));
        Assert.Contains($"\"a photo of many {name}.\" of class 1", error.Message);
        Assert.Contains("77", error.Message);
    }

    [Fact]
    public void Create_Progress_EndsWithAllDistinctPrompts()
    {
        var reported = new Reported<ClassBankProgress>();
        ClassBank.Create(models.Softmax, [.. Enumerable.Range(0, 2100).Select(i => $"{i}")], ["{}", "a {}", "{}"], progress: reported);

        Assert.Equal([4096, 4200], reported.Values.Select(value => value.PromptsCompleted));
        Assert.All(reported.Values, value => Assert.Equal(4200, value.PromptsTotal));
        Assert.All(reported.Values, value => Assert.True(value.PromptsPerSecond > 0));
    }

    [Fact]
    public void Create_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var names = Enumerable.Range(0, 5000).Select(i => $"{i}").ToArray();
        var reported = new Reported<ClassBankProgress>(_ => source.Cancel());

        Assert.ThrowsAny<OperationCanceledException>(() => ClassBank.Create(models.Softmax, names, PromptTemplates.None, progress: reported, cancellationToken: source.Token));
        Assert.Single(reported.Values);
    }

    [Fact]
    public void GetEmbedding_OutsideTheClasses_Throws()
    {
        var bank = ClassBank.Create(models.Softmax, ["cat"], Short);
        Assert.Throws<ArgumentOutOfRangeException>(() => bank.GetEmbedding(1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => bank.GetEmbedding(-1).Length);
    }

    /// <summary>Chunk after chunk, what is alive stays the same: the rows so far lie in one array from the start.</summary>
    [Fact]
    [NoTensorLeaks]
    public void Create_TenThousandClasses_KeepsMemoryFlat()
    {
        var templates = PromptTemplates.Of([.. Enumerable.Range(0, 6).Select(i => $"{(char)('a' + i)}{{}}")]);
        var names = Enumerable.Range(0, 10_000).Select(i => $"{i:X}").ToArray();
        var tensors = new List<long>();
        var bytes = new List<long>();
        var reported = new Reported<ClassBankProgress>(_ =>
        {
            tensors.Add(LiveTensors.Count());
            bytes.Add(GC.GetTotalMemory(forceFullCollection: true));
        });

        var bank = ClassBank.Create(models.Softmax, names, templates, progress: reported);

        Assert.Equal(15, reported.Values.Count);      // 60,000 prompts in chunks of 4,096
        Assert.Equal(tensors[0], tensors.Max());
        // One chunk of rows is 4,096 x 48 numbers: 0.8 MB of numbers, as much again for objects and texts. Some of the next chunk may be there
        // already; what chunks left behind would be 11 MB of numbers alone.
        Assert.True(bytes.Max() - bytes[0] < 6_000_000, $"{bytes[0]:N0} grew to {bytes.Max():N0} bytes");
        GC.KeepAlive(bank);
    }

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-6f);
    }
}
