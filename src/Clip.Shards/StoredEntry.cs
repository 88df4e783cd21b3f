namespace Clip.Shards;

/// <summary>What a store says of one of its entries.</summary>
/// <param name="Path">Its path in the store, with slashes.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Modified">When it was written last, by the store's clock.</param>
/// <param name="Version">Another one after each write, where the store tells it.</param>
public sealed record StoredEntry(string Path, long Length, DateTimeOffset Modified, string Version);
