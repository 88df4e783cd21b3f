namespace ImageSearch;

/// <summary>An image that a collection begins with.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Bytes">Its file.</param>
internal sealed record SeedImage(string Title, byte[] Bytes);
