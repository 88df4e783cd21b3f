namespace Clip.Cli.Search;

/// <summary>What is looked for.</summary>
/// <param name="Name">The text, or the image's path.</param>
/// <param name="IsImage">Whether it is an image.</param>
/// <param name="Vector">Its embedding, of unit length.</param>
internal sealed record SearchQuery(string Name, bool IsImage, float[] Vector)
{
    /// <summary>What JSON calls it.</summary>
    public string Kind => IsImage ? "image" : "text";
}
