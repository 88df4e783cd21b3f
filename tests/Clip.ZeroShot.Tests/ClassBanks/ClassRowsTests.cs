using Clip.ZeroShot.ClassBanks;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.ClassBanks;

public sealed class ClassRowsTests
{
    private sealed record Recorded(string[] Classes, string[] Templates);

    /// <summary>Against the class embeddings that openai/CLIP's notebook computes from the same text embeddings.</summary>
    [Fact]
    public void Add_RecordedTextEmbeddings_GivesTheNotebooksClassEmbeddings()
    {
        var recorded = Recording.Json<Recorded>("zeroshot", "zeroshot.json");
        var texts = Recording.ZeroShot("text_features_unnormalized.f32");
        var expected = Recording.Transpose(Recording.ZeroShot("class_embeddings.f32"));
        var prompts = new PromptList(recorded.Classes, PromptTemplates.Of(recorded.Templates));
        var rows = new ClassRows(prompts, texts[0].Length);

        foreach (var (index, prompt) in prompts.All().Index())
        {
            var length = Math.Sqrt(texts[index].Sum(x => (double)x * x));
            rows.Add(prompt, Array.ConvertAll(texts[index], x => (float)(x / length)));
        }

        // 2e-6: the float32 result may differ from float64 by 8e-8 here, the text embeddings come rounded.
        AssertClose(expected.SelectMany(row => row).ToArray(), rows.ToClasses(), 2e-6);
    }

    [Fact]
    public void Add_TemplateThatStandsTwice_CountsTwice()
    {
        var once = Rows(["a {}", "b {}", "a {}"], [1, 0], [0, 1]);
        var expected = new[] { 2 / Math.Sqrt(5), 1 / Math.Sqrt(5) };
        Assert.Equal(expected, Array.ConvertAll(once, x => (double)x), (a, b) => Math.Abs(a - b) < 1e-7);
    }

    [Fact]
    public void ToClasses_NameThatStandsTwice_HasItsRowTwice()
    {
        var prompts = new PromptList(["x", "y", "x"], PromptTemplates.None);
        Assert.Equal(["x", "y"], prompts.All().Select(prompt => prompt.Text));
        var rows = new ClassRows(prompts, 2);
        foreach (var (prompt, row) in prompts.All().Zip([[1f, 0f], new[] { 0f, 1f }]))
            rows.Add(prompt, row);
        Assert.Equal([1, 0, 0, 1, 1, 0], rows.ToClasses());
    }

    [Fact]
    public void Add_EmbeddingsThatCancelOut_ThrowsInvalidOperationException() =>
        Assert.Contains("\"b x\"", Assert.Throws<InvalidOperationException>(() => Rows(["a {}", "b {}"], [1, 0], [-1, 0])).Message);

    private static float[] Rows(string[] templates, params float[][] embeddings)
    {
        var prompts = new PromptList(["x"], PromptTemplates.Of(templates));
        var rows = new ClassRows(prompts, embeddings[0].Length);
        foreach (var (prompt, row) in prompts.All().Zip(embeddings))
            rows.Add(prompt, row);
        return rows.ToClasses();
    }

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{i}: {expected[i]} and {actual[i]}");
    }
}
