namespace Clip.Training.Data;

/// <summary>Tar files of one data set, and how often an epoch goes through them.</summary>
/// <param name="Paths">
/// The files: a path, a folder, or names with braces such as <c>data/{0000..0123}.tar</c>; several are separated by <c>::</c>.
/// </param>
/// <param name="Weight">
/// How often an epoch reads each shard, on average: with 2.5 every one twice and a half of them, in each epoch another half, once more.
/// </param>
public sealed record ShardSet(string Paths, double Weight = 1);
