using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.Support;

/// <summary>A record with a property of each kind that filters know.</summary>
public sealed class Photo
{
    public const int Dimensions = 16;

    [VectorStoreKey]
    public int Id { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string? Title { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public string? Category { get; set; }

    [VectorStoreData(StorageName = "taken in")]
    public int Year { get; set; }

    [VectorStoreData]
    public double? Rating { get; set; }

    [VectorStoreData]
    public bool IsPublic { get; set; }

    [VectorStoreData]
    public List<string>? Tags { get; set; }

    [VectorStoreData]
    public DateTimeOffset Modified { get; set; }

    [VectorStoreVector(Dimensions)]
    public ReadOnlyMemory<float> Vector { get; set; }
}
