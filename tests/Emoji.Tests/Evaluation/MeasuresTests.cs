using Emoji.Evaluation;
using Emoji.Tests.Support;

namespace Emoji.Tests.Evaluation;

/// <summary>What the figures of the model's page are counted from.</summary>
public class MeasuresTests
{
    private static readonly string[] All = ["a", "b", "c", "d", "e", "f", "g"];

    [Fact]
    public void Naming_Similarities_CountsHowManyNamesAreNearer()
    {
        using var scope = NewDisposeScope();
        var similarities = tensor(new float[,]
        {
            { 0.1f, 0.9f, 0.2f, 0, 0, 0, 0 },
            { 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f },
            { 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f },
            { 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f, 0.3f },
        });

        var naming = Naming.Of(similarities, ["b", "b", "e", "f"], All);

        Assert.Equal(new Naming(0.25, 0.75), naming);
    }

    [Fact]
    public void KeywordRetrieval_Similarities_CountsHitsAndPrecision()
    {
        using var scope = NewDisposeScope();
        var similarities = tensor(new float[,] { { 0.9f, 0.8f, 0.1f, 0.2f }, { 0.9f, 0.8f, 0.7f, 0.2f } });

        var result = KeywordRetrieval.Of(similarities, [("one", [0, 2]), ("two", [1])]);

        Assert.Equal(0.5, result.HitAt1);
        Assert.Equal(1, result.HitAt5);
        Assert.Equal(((1 + 2 / 4.0) / 2 + 1 / 2.0) / 2, result.Precision, 6);
    }

    // What says nothing about an image must not put it first.
    [Fact]
    public void KeywordRetrieval_EqualSimilarities_PutsTheRightOnesLast()
    {
        using var scope = NewDisposeScope();

        var result = KeywordRetrieval.Of(zeros(1, 10), [("one", [0])]);

        Assert.Equal((0, 0, 0.1), (result.HitAt1, result.HitAt5, Math.Round(result.Precision, 6)));
    }

    [Fact]
    public void WordOverlap_Words_AreComparedWholeOrByLetters()
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<IReadOnlyList<string>> texts = [["cat face", "pet"], ["catfish"]];

        Assert.Equal([0.5f, 0f], WordOverlap.Compare(["cat"], texts, byLetters: false).data<float>().ToArray());
        Assert.All(WordOverlap.Compare(["cat"], texts, byLetters: true).data<float>().ToArray(), score => Assert.InRange(score, 0.1f, 0.9f));
    }

    [Fact]
    public void Queries_Keywords_KnowWhichImagesHaveThem()
    {
        var catalog = SmallCatalog.Load(_ => [SmallCatalog.Emoji("1F431", "cat face", ["pet", "cat"], 1), SmallCatalog.Emoji("1F436", "dog face", ["Pet"], 2)]);

        var queries = KeywordRetrieval.Queries(catalog, "en", ["1F436", "1F431"], keyword => keyword != "cat");

        var (keyword, places) = Assert.Single(queries);
        Assert.Equal("pet", keyword);
        Assert.Equal([0, 1], places.Order());
    }
}
