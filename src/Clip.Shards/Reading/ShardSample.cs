namespace Clip.Shards.Reading;

/// <summary>A sample of a shard.</summary>
/// <param name="Key">The name that its entries share.</param>
/// <param name="Image">The encoded image; null where it is not there or cannot be taken.</param>
/// <param name="Caption">The caption; null where there is none.</param>
/// <param name="Problem">Why there is no image; null where there is.</param>
internal sealed record ShardSample(string Key, byte[]? Image, string? Caption, string? Problem);
