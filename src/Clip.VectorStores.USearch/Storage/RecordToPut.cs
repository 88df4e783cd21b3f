namespace Clip.VectorStores.USearch.Storage;

/// <summary>A record that is about to be stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Record">The record.</param>
/// <param name="Vectors">Its vectors in the order of rows; null where it has none.</param>
internal sealed record RecordToPut(object Key, object Record, IReadOnlyList<ReadOnlyMemory<float>?> Vectors);
