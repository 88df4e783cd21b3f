namespace Clip.Shards;

/// <summary>What the metadata knows of a row.</summary>
/// <param name="Shard">The number of its shard.</param>
/// <param name="Row">Its place in the shard.</param>
/// <param name="Key">The sample's name; null where there is no metadata, or it has no column <c>image_path</c>.</param>
/// <param name="Caption">Its caption, if it has one.</param>
public sealed record EmbeddedSample(string Shard, long Row, string? Key, string? Caption);
