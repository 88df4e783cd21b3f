using System.Runtime.InteropServices;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Clip.Preprocessing.ImageSharp;

/// <summary>Decodes with SixLabors.ImageSharp. Fully managed; most JPEG files come out a little different from Pillow's.</summary>
/// <remarks>Opacity is dropped: transparent images are resized as their colors, whatever the config's order.</remarks>
public sealed class ImageSharpDecoder : IImageDecoder
{
    /// <inheritdoc/>
    public string Name { get; } = $"ImageSharp {typeof(Image).Assembly.GetName().Version?.ToString(3)}";

    /// <inheritdoc/>
    public bool CanDecode(ImageHeader header) => true;

    /// <inheritdoc/>
    public unsafe DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        fixed (byte* bytes = encoded)
        {
            using var stream = new UnmanagedMemoryStream(bytes, encoded.Length);
            try
            {
                using var image = CleanImages.Load(stream);
                return Copy(image, header);
            }
            catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
            {
                // Damage comes out as whatever its decoders run into, null references included.
                throw new InvalidDataException($"its data is damaged ({e.Message})", e);
            }
        }
    }

    private static DecodedImage Copy(Image<Rgb24> image, ImageHeader header)
    {
        if (image.Width != header.Width || image.Height != header.Height)
            throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels, its data {image.Width} x {image.Height}");
        var decoded = new DecodedImage(image.Width, image.Height, PixelFormat.Rgb24)
        {
            IsIndexed = header.Color is SourceColor.Palette or SourceColor.Bilevel,
        };
        image.CopyPixelDataTo(MemoryMarshal.Cast<byte, Rgb24>(decoded.Pixels));
        return decoded;
    }
}
