namespace Clip.Shards;

/// <summary>The rows of a shard among those of a <see cref="ShardEmbeddings"/>, and how their file looked.</summary>
/// <param name="Number">The shard's number.</param>
/// <param name="Begin">Its first row.</param>
/// <param name="Count">How many rows it has.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="Modified">When the file was last written.</param>
public sealed record ShardRows(string Number, long Begin, long Count, long Bytes, DateTimeOffset Modified);
