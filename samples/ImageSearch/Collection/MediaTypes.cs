using Clip.Preprocessing;

namespace ImageSearch;

/// <summary>The media types of images, which their bytes decide and no caller.</summary>
internal static class MediaTypes
{
    /// <summary>That of thumbnails.</summary>
    public const string Thumbnail = "image/webp";

    /// <summary>That of a format.</summary>
    public static string Of(ImageFormat format) => format switch
    {
        ImageFormat.Jpeg => "image/jpeg",
        ImageFormat.Png => "image/png",
        ImageFormat.WebP => "image/webp",
        ImageFormat.Gif => "image/gif",
        ImageFormat.Bmp => "image/bmp",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The format has no media type here."),
    };
}
