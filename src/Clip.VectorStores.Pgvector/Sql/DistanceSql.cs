using Clip.Shared.Search;

namespace Clip.VectorStores.Pgvector.Sql;

/// <summary>pgvector's operators. Source: pgvector's reference, "Querying" and "HNSW".</summary>
internal static class DistanceSql
{
    /// <summary>The operator, whose result is lower for what is closer.</summary>
    /// <param name="metric">How vectors are compared.</param>
    public static string Operator(VectorMetric metric) => metric switch
    {
        VectorMetric.Cosine => "<=>",
        VectorMetric.InnerProduct => "<#>",
        _ => "<->",
    };

    /// <summary>The index's operators for it.</summary>
    /// <param name="metric">How vectors are compared.</param>
    /// <param name="type">vector or halfvec.</param>
    public static string OperatorClass(VectorMetric metric, string type) => metric switch
    {
        VectorMetric.Cosine => $"{type}_cosine_ops",
        VectorMetric.InnerProduct => $"{type}_ip_ops",
        _ => $"{type}_l2_ops",
    };

    /// <summary>From the operator's result to closeness.</summary>
    /// <param name="metric">How vectors are compared.</param>
    /// <param name="distance">The operator's result.</param>
    public static double ToCloseness(VectorMetric metric, double distance) => metric switch
    {
        VectorMetric.Cosine => 1 - distance,
        VectorMetric.InnerProduct => -distance,
        _ => -distance * distance,
    };
}
