using System.ComponentModel.DataAnnotations;

namespace Web.Shared;

/// <summary>What one caller may send, and how much of the machine all callers get together: the section "Limits" of the settings.</summary>
public sealed class WebLimits
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Limits";

    /// <summary>Connections at a time; further ones are closed.</summary>
    [Range(1, int.MaxValue)]
    public int MaxConnections { get; set; } = 1000;

    /// <summary>Requests of one address at a time; further ones are answered 429. Null for no limit: behind a proxy all callers have one address.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxRequestsPerClient { get; set; }

    /// <summary>Bodies that are read at a time; further requests are answered 503.</summary>
    [Range(1, int.MaxValue)]
    public int MaxUploads { get; set; } = 256;

    /// <summary>The longest body, in bytes.</summary>
    [Range(1, 1 << 30)]
    public int MaxBodyBytes { get; set; } = 16 << 20;

    /// <summary>The longest body with texts, in bytes.</summary>
    [Range(1, 1 << 30)]
    public int MaxTextBodyBytes { get; set; } = 256 << 10;

    /// <summary>Bytes of all bodies in memory, from when they arrive until their requests are answered.</summary>
    [Range(1, long.MaxValue)]
    public long MaxBufferedBytes { get; set; } = 64 << 20;

    /// <summary>The time that a body may take to arrive.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Fields and files of a form.</summary>
    [Range(1, 10_000)]
    public int MaxFormFields { get; set; } = 128;

    /// <summary>The most pixels of an image.</summary>
    [Range(1, long.MaxValue)]
    public long MaxPixels { get; set; } = 33_000_000;

    /// <summary>The pixels from which an image is large: large images wait for each other and leave places to the others.</summary>
    [Range(1, long.MaxValue)]
    public long LargeImagePixels { get; set; } = 8_000_000;

    /// <summary>Large images that are decoded at a time.</summary>
    [Range(1, 1000)]
    public int MaxLargeImages { get; set; } = 1;

    /// <summary>Large images that wait; further ones are answered 503.</summary>
    [Range(0, int.MaxValue)]
    public int MaxQueuedLargeImages { get; set; } = 16;

    /// <summary>Requests that compute at a time; null for one per processor beside the large images.</summary>
    [Range(1, 1000)]
    public int? MaxComputing { get; set; }

    /// <summary>Requests that wait to compute; further ones are answered 503.</summary>
    [Range(0, int.MaxValue)]
    public int MaxQueued { get; set; } = 128;

    /// <summary>The time that one request waits in all, for the model and for its turns; then it is answered 503.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>Texts of a request.</summary>
    [Range(1, int.MaxValue)]
    public int MaxTexts { get; set; } = 64;

    /// <summary>Characters of a text.</summary>
    [Range(1, int.MaxValue)]
    public int MaxTextLength { get; set; } = 2000;

    /// <summary>Labels of a request.</summary>
    [Range(1, int.MaxValue)]
    public int MaxLabels { get; set; } = 100;

    /// <summary>Characters of a label.</summary>
    [Range(1, int.MaxValue)]
    public int MaxLabelLength { get; set; } = 200;

    /// <summary>Bytes of the class banks that are kept for callers' own labels; the ones that are not used for longest go first.</summary>
    [Range(1, long.MaxValue)]
    public long MaxLabelBankBytes { get; set; } = 32 << 20;

    /// <summary>Places to compute in.</summary>
    internal int ComputingPlaces => MaxComputing ?? Environment.ProcessorCount + MaxLargeImages;
}
