namespace Clip.Shards;

/// <summary>How a worker embeds shards.</summary>
public sealed record ShardEmbedderOptions
{
    /// <summary>Which worker this is; the only one unless set.</summary>
    public WorkerNumber Worker { get; init; } = new(0, 1);

    /// <summary>The share of a shard's samples, from 0 to 1, that may be unreadable; a shard with more fails. 0.1 unless set.</summary>
    public double MaxBadShare { get; init; } = 0.1;

    /// <summary>
    /// After what time without a sign of life another worker's shard may be taken. Five minutes unless set: above what a file system keeps times in
    /// memory for, and above any pause of a worker. Signs are given five times as often.
    /// </summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a worker that finds no more work stays until the others are done, and takes over what they leave. True unless set.</summary>
    public bool WaitForOthers { get; init; } = true;

    /// <summary>Whether captions are embedded too. The model must cut texts that are too long.</summary>
    public bool WithCaptions { get; init; }

    /// <summary>Endings of the entries with images.</summary>
    public IReadOnlyList<string> ImageEndings { get; init; } = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

    /// <summary>Ending of the entries with captions.</summary>
    public string CaptionEnding { get; init; } = "txt";

    /// <summary>The most bytes of an image entry; a longer one is unreadable. 32 MiB unless set.</summary>
    public int MaxImageBytes { get; init; } = 32 << 20;

    /// <summary>The most bytes of a caption entry; a longer one is left out. 64 KiB unless set.</summary>
    public int MaxCaptionBytes { get; init; } = 1 << 16;

    /// <summary>The most samples of a shard, whose embeddings and captions are held until it is done; one with more fails. A million unless set.</summary>
    public int MaxSamples { get; init; } = 1_000_000;

    /// <summary>The most bytes of a shard's keys and captions together. 512 MiB unless set.</summary>
    public long MaxTextBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Opens a shard by its address, for addresses of one's own; it returns null for those that are read as usual. What it throws of
    /// <see cref="IOException"/> fails the shard.
    /// </summary>
    public Func<string, CancellationToken, Stream?>? Open { get; init; }

    /// <summary>Checks that the values make sense.</summary>
    /// <exception cref="ArgumentException">One does not; the message names it.</exception>
    public void Validate()
    {
        if (Worker.Count < 1 || Worker.Index < 0 || Worker.Index >= Worker.Count)
            throw new ArgumentException($"{nameof(Worker)} must be an index below its count but is {Worker}.");
        if (!(MaxBadShare is >= 0 and <= 1))
            throw new ArgumentException($"{nameof(MaxBadShare)} must be from 0 to 1 but is {MaxBadShare}.");
        if (StaleAfter <= TimeSpan.Zero || StaleAfter > TimeSpan.FromDays(7))
            throw new ArgumentException($"{nameof(StaleAfter)} must be above zero and at most a week but is {StaleAfter}.");
        if (MaxImageBytes < 1 || MaxCaptionBytes < 1 || MaxSamples < 1 || MaxTextBytes < 1)
            throw new ArgumentException($"{nameof(MaxImageBytes)}, {nameof(MaxCaptionBytes)}, {nameof(MaxSamples)} and {nameof(MaxTextBytes)} must be positive.");
        if (string.IsNullOrEmpty(CaptionEnding) || ImageEndings is null or { Count: 0 } || ImageEndings.Contains(CaptionEnding))
            throw new ArgumentException($"{nameof(CaptionEnding)} and {nameof(ImageEndings)} must name different endings.");
    }
}
