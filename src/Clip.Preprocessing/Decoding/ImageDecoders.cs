using Clip.Preprocessing.Decoding;

namespace Clip.Preprocessing;

/// <summary>The decoders of this machine.</summary>
public static class ImageDecoders
{
    /// <summary>SkiaSharp's codec, for all formats; always there.</summary>
    public static IImageDecoder Skia { get; } = new SkiaImageDecoder();

    /// <summary>
    /// The system's libturbojpeg, for JPEG alone; null where the system has none. The package is <c>libturbojpeg0</c> on
    /// Debian and Ubuntu. It refuses files with any damage, and some rare samplings of colors, which <see cref="Skia"/> reads.
    /// </summary>
    public static IImageDecoder? TurboJpeg { get; } =
        TurboJpegLibrary.TryLoad() is { } library ? new TurboJpegImageDecoder(library) : null;

    /// <summary><see cref="TurboJpeg"/> for JPEG where the system has it, <see cref="Skia"/> for the rest and for what that refuses.</summary>
    public static IImageDecoder Default { get; } = TurboJpeg is null ? Skia : FirstOf(TurboJpeg, Skia);

    /// <summary>Joins decoders: a file goes to the first that reads it, and on to the next if that fails.</summary>
    /// <param name="decoders">The decoders in order of preference.</param>
    public static IImageDecoder FirstOf(params IImageDecoder[] decoders)
    {
        ArgumentNullException.ThrowIfNull(decoders);
        return new DecoderChain(decoders);
    }

    /// <summary>Says in one line which decoders this machine uses, for a diagnostic report.</summary>
    public static string Describe() => TurboJpeg is null
        ? $"JPEG, PNG, WebP, GIF and BMP: {Skia.Name}. The system has no libturbojpeg, which would decode JPEG faster."
        : $"JPEG: {TurboJpeg.Name}. PNG, WebP, GIF and BMP: {Skia.Name}.";
}
