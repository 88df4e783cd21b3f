using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using Settings = SixLabors.ImageSharp.Configuration;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Reads images into memory that no other image was in, and of what is in a file only the pixels of its first frame.</summary>
/// <remarks>
/// Joining the pieces of metadata takes memory that grows with the square of their number.
/// </remarks>
internal static class CleanImages
{
    private static readonly Settings s_configuration = CreateConfiguration();

    public static Image<TPixel> Load<TPixel>(Stream stream)
        where TPixel : unmanaged, IPixel<TPixel> => Image.Load<TPixel>(s_configuration, stream);

    private static Settings CreateConfiguration()
    {
        var configuration = new Settings(
            new BmpConfigurationModule(), new GifConfigurationModule(), new JpegConfigurationModule(), new PngConfigurationModule(), new WebpConfigurationModule())
        {
            MemoryAllocator = new PaddedMemoryAllocator(),
        };
        var formats = configuration.ImageFormatsManager;
        formats.SetDecoder(GifFormat.Instance, new GifDecoder { IgnoreMetadata = true, DecodingMode = SixLabors.ImageSharp.Metadata.FrameDecodingMode.First });
        formats.SetDecoder(JpegFormat.Instance, new JpegDecoder { IgnoreMetadata = true });
        formats.SetDecoder(PngFormat.Instance, new PngDecoder { IgnoreMetadata = true });
        formats.SetDecoder(WebpFormat.Instance, new WebpDecoder { IgnoreMetadata = true });
        return configuration;
    }
}
