using Microsoft.Extensions.VectorData;

namespace ImageSearch;

/// <summary>An image of the collection, as a vector store keeps it; its bytes are files.</summary>
public sealed class ImageRecord
{
    /// <summary>The key: a hash of the image's bytes, so that an image is there once.</summary>
    public Guid Id { get; set; }

    /// <summary>What it is called, as its file was.</summary>
    public string Title { get; set; } = "";

    /// <summary>Its media type, as its bytes say.</summary>
    public string ContentType { get; set; } = "";

    /// <summary>Its width in pixels, as it is stored.</summary>
    public int Width { get; set; }

    /// <summary>Its height in pixels, as it is stored.</summary>
    public int Height { get; set; }

    /// <summary>The length of its file in bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset Added { get; set; }

    /// <summary>Its embedding, of unit length; empty where it was not asked for.</summary>
    public ReadOnlyMemory<float> Vector { get; set; }

    /// <summary>The record's properties for a store.</summary>
    /// <param name="dimensions">Numbers of an embedding.</param>
    public static VectorStoreCollectionDefinition Define(int dimensions) => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty(nameof(Id), typeof(Guid)),
            new VectorStoreDataProperty(nameof(Title), typeof(string)),
            new VectorStoreDataProperty(nameof(ContentType), typeof(string)),
            new VectorStoreDataProperty(nameof(Width), typeof(int)),
            new VectorStoreDataProperty(nameof(Height), typeof(int)),
            new VectorStoreDataProperty(nameof(Bytes), typeof(long)),
            new VectorStoreDataProperty(nameof(Added), typeof(DateTimeOffset)),
            new VectorStoreVectorProperty(nameof(Vector), typeof(ReadOnlyMemory<float>), dimensions)
            {
                DistanceFunction = DistanceFunction.CosineSimilarity,
                IndexKind = IndexKind.Hnsw,
            },
        ],
    };
}
