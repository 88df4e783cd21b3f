namespace Clip.Shards.Outputs;

/// <summary>Where in the store everything is.</summary>
/// <remarks>Source: clip-retrieval, clip_inference/writer.py, for embeddings and metadata.</remarks>
internal static class OutputNames
{
    public const string Images = "img_emb";
    public const string Leases = "leases";
    public const string Failures = "failed";
    public const string Identity = "embedding.json";

    private const string ImagesStart = $"{Images}/{Images}_";

    public static string ImageEmbeddings(string number) => $"{ImagesStart}{number}.npy";

    public static string TextEmbeddings(string number) => $"text_emb/text_emb_{number}.npy";

    public static string Metadata(string number) => $"metadata/metadata_{number}.parquet";

    public static string OfLease(string number) => $"{Leases}/{number}";

    public static string Failure(string number) => $"{Failures}/{number}";

    /// <summary>The number in the path of image embeddings; null for another path.</summary>
    public static string? NumberOfImages(string path) =>
        path.StartsWith(ImagesStart, StringComparison.Ordinal) && path.EndsWith(".npy", StringComparison.Ordinal) ? path[ImagesStart.Length..^4] : null;

    /// <summary>The last part of a path: the number of a lease or a failure.</summary>
    public static string Last(string path) => path[(path.LastIndexOf('/') + 1)..];
}
