namespace Clip.Training.Data.Reading;

/// <summary>A sample before decoding: an image on disk or in memory with its caption, or what is wrong with it.</summary>
/// <param name="Key">The path of the image, or the name of the sample in its shard; empty for the shard as a whole.</param>
/// <param name="Image">The bytes of the image file; null where <paramref name="Key"/> is its path.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Problem">Why it cannot be used, or null.</param>
internal readonly record struct RawSample(string Key, byte[]? Image, string Caption, string? Problem = null)
{
    // Headers of the objects, the places that lists have for them, and a sentence about what is wrong.
    private const int Fixed = 500;

    /// <summary>The shard that it is in; null for an image with a file of its own.</summary>
    public string? Shard { get; init; }

    /// <summary>Its place in the epoch's order, which all ranks share; null where each has an order of its own.</summary>
    public long? Place { get; init; }

    /// <summary>What errors call it.</summary>
    public string Name => Shard is null ? Key : Key.Length == 0 ? Shard : $"{Shard}/{Key}";

    /// <summary>The memory that it takes, in bytes, nearly: the same wherever its shard lies and whatever the system says of it.</summary>
    public long Bytes => Fixed + (Image?.LongLength ?? 0) + sizeof(char) * ((Problem is null ? 1L : 2L) * Key.Length + Caption.Length);
}
