using Clip.ZeroShot.Classification;
using Clip.ZeroShot.Tests.Support;

namespace Clip.ZeroShot.Tests.Classification;

public sealed class PredictionRulesTests
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    /// <summary>Against logits and probabilities that openai/CLIP's notebook computes from the same embeddings.</summary>
    [Theory]
    [InlineData("class_embeddings.f32", "probs.f32")]
    [InlineData("class_embeddings_80templates_20classes.f32", "probs_80templates_20classes.f32")]
    public void Choose_RecordedEmbeddings_GivesTheRecordedProbabilities(string classes, string probabilities)
    {
        var rows = Recording.Transpose(Recording.ZeroShot(classes));
        var expected = Recording.ZeroShot(probabilities);
        var images = Recording.ZeroShot("image_features.f32").Select(Unit).ToArray();
        var names = rows.Select((_, i) => $"class {i}").ToArray();
        var bank = new ClassBank(names, PromptTemplates.Simple, [.. rows.SelectMany(row => row)], "recorded", _ => "", maker: null);
        using var matrix = new ClassMatrix(bank, CPU);
        var rules = new PredictionRules(names, LogitScale: 100, LogitBias: null, MinSimilarity: null, MinProbability: null);

        var similarities = matrix.Multiply(images);

        for (var image = 0; image < images.Length; image++)
        {
            var predictions = rules.Choose(similarities.AsSpan(image * names.Length, names.Length), top: 20);
            Assert.Equal(names.Length, predictions.Length);
            foreach (var prediction in predictions)
                Assert.Equal(expected[image][prediction.Index], prediction.Probability, 1e-4f);
            Assert.Equal(expected[image].Index().OrderByDescending(pair => pair.Item).Select(pair => pair.Index), predictions.Select(prediction => prediction.Index));
        }
    }

    [Fact]
    public void Choose_Softmax_SumsToOneAndNamesTheClasses()
    {
        var predictions = Rules().Choose([0.1f, 0.3f, -0.2f, 0.25f], 4);

        Assert.Equal(["b", "d", "a", "c"], predictions.Select(prediction => prediction.ClassName));
        Assert.Equal([1, 3, 0, 2], predictions.Select(prediction => prediction.Index));
        Assert.Equal([0.3f, 0.25f, 0.1f, -0.2f], predictions.Select(prediction => prediction.Similarity));
        Assert.Equal(1, predictions.Sum(prediction => prediction.Probability), 1e-6f);
        Assert.Equal(Math.Exp(10 * 0.05), predictions[0].Probability / predictions[1].Probability, 1e-5);
    }

    [Fact]
    public void Choose_Sigmoid_JudgesEachClassAlone()
    {
        var predictions = (Rules() with { LogitBias = -2 }).Choose([0.1f, 0.3f, -0.2f, 0.25f], 2);
        Assert.Equal(1 / (1 + Math.Exp(2 - 3)), predictions[0].Probability, 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(2 - 2.5)), predictions[1].Probability, 1e-6);
    }

    [Fact]
    public void Choose_Ties_GoByIndex() =>
        Assert.Equal([1, 2, 3], Rules().Choose([0.1f, 0.2f, 0.2f, 0.2f], 3).Select(prediction => prediction.Index));

    [Fact]
    public void Choose_ScaleOfAHundred_DoesNotOverflow()
    {
        var predictions = (Rules() with { LogitScale = 100 }).Choose([-1, 1, 1, -1], 4);
        Assert.Equal([0.5f, 0.5f, 0, 0], predictions.Select(prediction => prediction.Probability));
    }

    [Fact]
    public void Choose_MinSimilarity_LeavesOutWhatIsBelow()
    {
        float[] similarities = [0.1f, 0.3f, 0.2f, 0.2f];
        Assert.Equal(["b", "c", "d"], (Rules() with { MinSimilarity = 0.2f }).Choose(similarities, 4).Select(prediction => prediction.ClassName));
        Assert.Empty((Rules() with { MinSimilarity = 0.31f }).Choose(similarities, 4));
        // The probability is the same whatever is left out.
        Assert.Equal(Rules().Choose(similarities, 1), (Rules() with { MinSimilarity = 0.3f }).Choose(similarities, 4));
    }

    [Fact]
    public void Choose_MinProbability_LeavesOutWhatIsBelow()
    {
        Assert.Empty((Rules() with { MinProbability = 0.26f }).Choose([0.1f, 0.1f, 0.1f, 0.1f], 4));
        Assert.Single((Rules() with { MinProbability = 0.26f }).Choose([0.1f, 0.3f, 0.1f, 0.1f], 4));
    }

    private static PredictionRules Rules() => new(Names, LogitScale: 10, LogitBias: null, MinSimilarity: null, MinProbability: null);

    private static float[] Unit(float[] row)
    {
        var length = Math.Sqrt(row.Sum(x => (double)x * x));
        return Array.ConvertAll(row, x => (float)(x / length));
    }
}
