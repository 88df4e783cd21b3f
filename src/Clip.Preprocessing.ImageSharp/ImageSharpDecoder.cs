using System.Reflection;
using System.Runtime.InteropServices;
using Clip.Preprocessing.Decoding;
using Clip.Preprocessing.ImageSharp.Completeness;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Decodes with SixLabors.ImageSharp. Fully managed; most JPEG files come out a little different from Pillow's.</summary>
public sealed class ImageSharpDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public string Name { get; } = $"ImageSharp {FindVersion()}";

    /// <inheritdoc/>
    public bool CanDecode(ImageHeader header) => true;

    /// <inheritdoc/>
    public long EstimateMemory(ImageHeader header, int reduction = 1)
    {
        // The image and its copy; of PNG, sixteen bits per sample in the one and eight in the other.
        var bytesPerPixel = (header.Format, HasAlpha(header)) switch
        {
            (ImageFormat.Png, true) => 12,
            (ImageFormat.Png, false) => 9,
            (ImageFormat.WebP, _) => 11,
            _ => 8,
        };
        return bytesPerPixel * header.Width * header.Height + header.BufferedBytes;
    }

    /// <inheritdoc/>
    public unsafe DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        WholeData.Require(encoded, header);
        fixed (byte* bytes = encoded)
        {
            using var stream = new UnmanagedMemoryStream(bytes, encoded.Length);
            try
            {
                // The bits of a sample stand at this place of a PNG file.
                var image = Decode(stream, header, isDeep: header.Format == ImageFormat.Png && encoded[24] == 16);
                if (header.Format == ImageFormat.Gif)
                    ShowHiddenColor(image.Pixels, GifHeader.HiddenColor(encoded));
                return image;
            }
            catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
            {
                // Damage comes out as whatever its decoders run into, null references included.
                throw new InvalidDataException($"its data is damaged ({e.Message})", e);
            }
        }
    }

    private static bool HasAlpha(ImageHeader header) => header.Color is SourceColor.Rgba or SourceColor.GrayAlpha;

    private static DecodedImage Decode(Stream stream, ImageHeader header, bool isDeep) => (isDeep, HasAlpha(header)) switch
    {
        // ImageSharp rounds samples of 16 bits where Pillow takes their high bytes.
        (true, true) => Decode<Rgba64>(stream, header, PixelFormat.Rgba32, HighBytes),
        (true, false) => Decode<Rgb48>(stream, header, PixelFormat.Rgb24, HighBytes),
        (false, true) => Decode<Rgba32>(stream, header, PixelFormat.Rgba32, Copy),
        _ when header.Format == ImageFormat.Gif => Decode<Rgba32>(stream, header, PixelFormat.Rgbx32, Copy),
        _ => Decode<Rgb24>(stream, header, PixelFormat.Rgb24, Copy),
    };

    private static DecodedImage Decode<TPixel>(Stream stream, ImageHeader header, PixelFormat format, Action<Image<TPixel>, DecodedImage> copy)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using var image = CleanImages.Load<TPixel>(stream);
        if (image.Width != header.Width || image.Height != header.Height)
            throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels, its data {image.Width} x {image.Height}");
        var decoded = new DecodedImage(image.Width, image.Height, format)
        {
            IsIndexed = header.Color is SourceColor.Palette or SourceColor.Bilevel,
        };
        copy(image, decoded);
        return decoded;
    }

    private static void Copy<TPixel>(Image<TPixel> image, DecodedImage decoded)
        where TPixel : unmanaged, IPixel<TPixel> => image.CopyPixelDataTo(MemoryMarshal.Cast<byte, TPixel>(decoded.Pixels));

    private static void HighBytes<TPixel>(Image<TPixel> image, DecodedImage decoded)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var samples = MemoryMarshal.Cast<TPixel, ushort>(rows.GetRowSpan(y));
                var bytes = decoded.Pixels.Slice(y * decoded.Stride, decoded.Stride);
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = (byte)(samples[i] >> 8);
            }
        });
    }

    // ImageSharp makes transparent pixels black, where Pillow keeps their color in the palette.
    private static void ShowHiddenColor(Span<byte> pixels, ReadOnlySpan<byte> color)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            if (pixels[i + 3] == 0)
                color.CopyTo(pixels[i..]);
        }
    }

    // The assembly's own version is that of the major version.
    private static string? FindVersion()
    {
        var assembly = typeof(Image).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString(3);
        return version?.Split('+')[0];
    }
}
