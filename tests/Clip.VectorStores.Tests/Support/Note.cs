using Microsoft.Extensions.VectorData;

namespace Clip.VectorStores.Tests.Support;

/// <summary>A record without attributes.</summary>
public sealed class Note
{
    public string? Id { get; set; }

    public ReadOnlyMemory<float> Vector { get; set; }
}

/// <summary>A record with keys of any type.</summary>
public sealed class KeyedNote<TKey>
{
    public TKey Id { get; set; } = default!;

    public ReadOnlyMemory<float> Vector { get; set; }
}

/// <summary>A record whose text is embedded by the store.</summary>
public sealed class EmbeddedNote
{
    [VectorStoreKey]
    public string? Id { get; set; }

    [VectorStoreVector(Photo.Dimensions)]
    public string? Text { get; set; }
}
