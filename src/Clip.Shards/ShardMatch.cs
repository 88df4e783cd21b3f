namespace Clip.Shards;

/// <summary>A row that is close to a query.</summary>
/// <param name="Row">Its place among all rows.</param>
/// <param name="Similarity">The inner product of the row and the query, in float32: the cosine for a query of unit length, up to the rounding of rows.</param>
public readonly record struct ShardMatch(long Row, float Similarity);
