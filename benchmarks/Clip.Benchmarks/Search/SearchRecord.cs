namespace Clip.Benchmarks.Search;

/// <summary>A record of the measured collections.</summary>
internal sealed class SearchRecord
{
    /// <summary>The key.</summary>
    public int Id { get; set; }

    /// <summary>A field, as an image's path would be.</summary>
    public string Path { get; set; } = "";

    /// <summary>The vector.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }
}
