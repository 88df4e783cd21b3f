namespace Clip.Tests;

public sealed class EmbeddingMathTests
{
    [Fact]
    public void TopK_AnyScores_EqualsSorting()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var scores = Enumerable.Range(0, random.Next(0, 40)).Select(_ => (float)random.Next(0, 9)).ToArray();
            var k = random.Next(0, 45);

            var best = EmbeddingMath.TopK(scores, k);

            var expected = scores.Select((score, index) => new ScoredIndex(index, score)).OrderByDescending(item => item.Score).ThenBy(item => item.Index).Take(k);
            Assert.Equal(expected, best);
        }
    }

    [Fact]
    public void TopK_NaN_ComesLast() =>
        Assert.Equal([1, 2, 0], EmbeddingMath.TopK([float.NaN, 3, float.NegativeInfinity], 3).Select(item => item.Index));

    [Fact]
    public void TopK_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingMath.TopK([1], -1));

    [Fact]
    public void Softmax_LargeLogits_SumsToOne()
    {
        var probabilities = EmbeddingMath.Softmax([1000, 1001, 999]);

        Assert.Equal(1, probabilities.Sum(), 5);
        Assert.Equal(1 / (1 + Math.Exp(-1) + Math.Exp(-2)), probabilities[1], 5);
        Assert.Empty(EmbeddingMath.Softmax([]));
    }

    [Fact]
    public void Similarities_RowsAndColumns_AreInnerProducts()
    {
        float[][] rows = [[1, 0], [0.6f, 0.8f]];
        float[][] columns = [[0, 1], [0.8f, 0.6f], [1, 0]];

        var similarities = EmbeddingMath.Similarities(rows, columns);

        Assert.Equal([0, 0.8f, 1], similarities[0]);
        Assert.Equal(0.96f, similarities[1][1], 6);
        Assert.Throws<ArgumentException>(() => EmbeddingMath.Similarities([[1, 2, 3]], columns));
    }
}
