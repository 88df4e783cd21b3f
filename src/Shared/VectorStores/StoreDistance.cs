using Clip.Shared.Search;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Clip.Shared.VectorStores;

/// <summary>A distance function of the abstractions: how vectors are compared, and what is shown of it.</summary>
/// <param name="Metric">How vectors are compared.</param>
/// <param name="HigherIsCloser">Whether it is a similarity.</param>
/// <param name="ToScore">From closeness to the score.</param>
internal sealed record StoreDistance(VectorMetric Metric, bool HigherIsCloser, Func<double, double> ToScore)
{
    /// <summary>The one of a property; cosine similarity where it names none.</summary>
    /// <param name="property">The property.</param>
    /// <exception cref="NotSupportedException">It is none of these.</exception>
    public static StoreDistance Of(VectorPropertyModel property) => property.DistanceFunction switch
    {
        null or DistanceFunction.CosineSimilarity => new(VectorMetric.Cosine, true, closeness => closeness),
        DistanceFunction.CosineDistance => new(VectorMetric.Cosine, false, closeness => 1 - closeness),
        DistanceFunction.DotProductSimilarity => new(VectorMetric.InnerProduct, true, closeness => closeness),
        DistanceFunction.NegativeDotProductSimilarity => new(VectorMetric.InnerProduct, false, closeness => -closeness),
        DistanceFunction.EuclideanDistance => new(VectorMetric.Euclidean, false, closeness => Math.Sqrt(-closeness)),
        DistanceFunction.EuclideanSquaredDistance => new(VectorMetric.Euclidean, false, closeness => -closeness),
        var other => throw new NotSupportedException(
            $"'{property.ModelName}' is compared by {other}. There are CosineSimilarity, CosineDistance, DotProductSimilarity, NegativeDotProductSimilarity, EuclideanDistance and EuclideanSquaredDistance."),
    };

    /// <summary>Whether a score is at least as good as a threshold.</summary>
    /// <param name="score">The score.</param>
    /// <param name="threshold">The threshold; null for none.</param>
    public bool IsWithin(double score, double? threshold) => threshold is not { } limit || (HigherIsCloser ? score >= limit : score <= limit);
}
