using System.Numerics.Tensors;

namespace Clip.ZeroShot.Classification;

/// <summary>Similarities of one image with all classes to its answer.</summary>
/// <param name="ClassNames">The names by class.</param>
/// <param name="LogitScale">The model's multiplier.</param>
/// <param name="LogitBias">What its sigmoid adds; null for a softmax.</param>
/// <param name="MinSimilarity">What a class needs to be answered, or null.</param>
/// <param name="MinProbability">The same for probabilities.</param>
internal sealed record PredictionRules(
    IReadOnlyList<string> ClassNames, float LogitScale, float? LogitBias, float? MinSimilarity, float? MinProbability)
{
    /// <summary>The best classes that reach the thresholds, best first, ties by index.</summary>
    public ClassPrediction[] Choose(ReadOnlySpan<float> similarities, int top)
    {
        var highest = TensorPrimitives.Max(similarities);
        var sum = LogitBias is null ? SumOfExponentials(similarities, highest) : double.NaN;
        var best = EmbeddingMath.TopK(similarities, top);

        var predictions = new List<ClassPrediction>(best.Count);
        foreach (var (index, similarity) in best)
        {
            var probability = (float)(LogitBias is { } bias
                ? 1 / (1 + Math.Exp(-((double)LogitScale * similarity + bias)))
                : Math.Exp((double)LogitScale * ((double)similarity - highest)) / sum);
            if (!(similarity < MinSimilarity) && !(probability < MinProbability))
                predictions.Add(new ClassPrediction(ClassNames[index], probability) { Index = index, Similarity = similarity });
        }
        return [.. predictions];
    }

    private double SumOfExponentials(ReadOnlySpan<float> similarities, float highest)
    {
        var sum = 0.0;
        foreach (var similarity in similarities)
            sum += Math.Exp((double)LogitScale * ((double)similarity - highest));
        return sum;
    }
}
