using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;
using Settings = SixLabors.ImageSharp.Configuration;
#if IMAGESHARP2
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
#endif

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Reads images into memory that no other image was in, and of what is in a file only the pixels of its first frame.</summary>
/// <remarks>
/// ImageSharp's own allocator hands out memory as it is, and its decoders of WebP and BMP do not write all of it where a file is damaged. Joining
/// the pieces of metadata takes memory that grows with the square of their number.
/// </remarks>
internal static class CleanImages
{
#if IMAGESHARP2
    private static readonly Settings s_configuration = CreateConfiguration();

    public static Image<Rgb24> Load(Stream stream) => Image.Load<Rgb24>(s_configuration, stream);

    private static Settings CreateConfiguration()
    {
        var configuration = new Settings(
            new BmpConfigurationModule(), new GifConfigurationModule(), new JpegConfigurationModule(), new PngConfigurationModule(), new WebpConfigurationModule())
        {
            MemoryAllocator = new SimpleGcMemoryAllocator(),
        };
        var formats = configuration.ImageFormatsManager;
        formats.SetDecoder(GifFormat.Instance, new GifDecoder { IgnoreMetadata = true, DecodingMode = SixLabors.ImageSharp.Metadata.FrameDecodingMode.First });
        formats.SetDecoder(JpegFormat.Instance, new JpegDecoder { IgnoreMetadata = true });
        formats.SetDecoder(PngFormat.Instance, new PngDecoder { IgnoreMetadata = true });
        formats.SetDecoder(WebpFormat.Instance, new WebpDecoder { IgnoreMetadata = true });
        return configuration;
    }
#else
    private static readonly SixLabors.ImageSharp.Formats.DecoderOptions s_options = CreateOptions();

    public static Image<Rgb24> Load(Stream stream) => Image.Load<Rgb24>(s_options, stream);

    private static SixLabors.ImageSharp.Formats.DecoderOptions CreateOptions()
    {
        var configuration = Settings.Default.Clone();
        configuration.MemoryAllocator = new SimpleGcMemoryAllocator();
        return new SixLabors.ImageSharp.Formats.DecoderOptions { Configuration = configuration, SkipMetadata = true, MaxFrames = 1 };
    }
#endif
}
