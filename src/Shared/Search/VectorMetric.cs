using System.Numerics.Tensors;

namespace Clip.Shared.Search;

/// <summary>How vectors are compared.</summary>
internal enum VectorMetric
{
    /// <summary>The cosine of the angle between them.</summary>
    Cosine,

    /// <summary>The inner product.</summary>
    InnerProduct,

    /// <summary>The Euclidean distance.</summary>
    Euclidean,
}

/// <summary>Exact comparison, in float32.</summary>
internal static class VectorMetrics
{
    /// <summary>How close two vectors are; higher is closer. For Euclidean distances the negative square.</summary>
    /// <param name="metric">How they are compared.</param>
    /// <param name="x">A vector.</param>
    /// <param name="y">One of the same length.</param>
    public static float Closeness(this VectorMetric metric, ReadOnlySpan<float> x, ReadOnlySpan<float> y) => metric switch
    {
        VectorMetric.Cosine => TensorPrimitives.CosineSimilarity(x, y),
        VectorMetric.InnerProduct => TensorPrimitives.Dot(x, y),
        _ => -Square(TensorPrimitives.Distance(x, y)),
    };

    private static float Square(float value) => value * value;
}
