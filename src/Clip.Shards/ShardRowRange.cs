namespace Clip.Shards;

/// <summary>Some rows of a <see cref="ShardEmbeddings"/>, one after the other.</summary>
/// <param name="Begin">The first.</param>
/// <param name="Count">How many.</param>
public readonly record struct ShardRowRange(long Begin, long Count);
