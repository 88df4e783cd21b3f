namespace Clip.Training.Data;

/// <summary>How tar shards are read.</summary>
public sealed record WebDatasetOptions
{
    /// <summary>How many samples, still encoded, are held to be drawn from at random; 0 or 1 for the order of the shards.</summary>
    public int ShuffleBuffer { get; init; } = 5_000;

    /// <summary>The most bytes that these samples have together; 128 MiB unless set. Where it is reached first, fewer samples are held.</summary>
    public long ShuffleBufferBytes { get; init; } = 128 << 20;

    /// <summary>Ending of the entries with captions.</summary>
    public string CaptionEnding { get; init; } = "txt";

    /// <summary>The property with the caption, where those entries are JSON objects; null where they are the caption itself.</summary>
    public string? CaptionProperty { get; init; }

    /// <summary>Endings of the entries with images.</summary>
    public IReadOnlyList<string> ImageEndings { get; init; } = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

    /// <summary>
    /// The most bytes of an image entry; a longer one makes its sample an unreadable one. 32 MiB unless set;
    /// <see cref="PairSourceOptions.Images"/> has a limit too.
    /// </summary>
    public int MaxImageBytes { get; init; } = 32 << 20;

    /// <summary>The most bytes of a caption entry; a longer one makes its sample an unreadable one.</summary>
    public int MaxCaptionBytes { get; init; } = 1 << 20;

    /// <summary>Checks that the values make sense.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it.</exception>
    public void Validate()
    {
        if (ShuffleBuffer < 0)
            throw new ArgumentException($"{nameof(ShuffleBuffer)} must not be negative but is {ShuffleBuffer}.");
        if (ShuffleBufferBytes < 1)
            throw new ArgumentException($"{nameof(ShuffleBufferBytes)} must be positive but is {ShuffleBufferBytes}.");
        if (MaxImageBytes < 1)
            throw new ArgumentException($"{nameof(MaxImageBytes)} must be positive but is {MaxImageBytes}.");
        if (MaxCaptionBytes < 1)
            throw new ArgumentException($"{nameof(MaxCaptionBytes)} must be positive but is {MaxCaptionBytes}.");
        if (string.IsNullOrEmpty(CaptionEnding) || ImageEndings is null or { Count: 0 } || ImageEndings.Contains(CaptionEnding))
            throw new ArgumentException($"{nameof(CaptionEnding)} and {nameof(ImageEndings)} must name different endings.");
    }
}
