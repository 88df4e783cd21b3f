using SkiaSharp;

namespace Clip.Preprocessing.Decoding;

/// <summary>Decodes all formats with SkiaSharp's codec.</summary>
/// <remarks>
/// The codec without premultiplication and without a colour space gives the stored values; <c>SKBitmap.Decode</c> would
/// multiply by opacity and lose the lowest bits.
/// </remarks>
internal sealed class SkiaImageDecoder : IImageDecoder
{
    public string Name { get; } = $"SkiaSharp {typeof(SKCodec).Assembly.GetName().Version?.ToString(3)}";

    public bool CanDecode(ImageHeader header) => true;

    public unsafe DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((IntPtr)bytes, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("its header is damaged");
            var size = codec.Info.Size;
            if (size.Width != header.Width || size.Height != header.Height)
                throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels, its data {size.Width} x {size.Height}");
            if (reduction > 1)
                size = codec.GetScaledDimensions(1f / reduction);

            var hasAlpha = header.Color is SourceColor.Rgba or SourceColor.GreyAlpha;
            var image = new DecodedImage(size.Width, size.Height, hasAlpha ? PixelFormat.Rgba32 : PixelFormat.Rgbx32)
            {
                IsIndexed = header.Color is SourceColor.Palette or SourceColor.Bilevel,
            };
            var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
            fixed (byte* pixels = image.Pixels)
            {
                var result = codec.GetPixels(info, (IntPtr)pixels, image.Stride, SKCodecOptions.Default);
                if (result == SKCodecResult.Success)
                {
                    if (header.Format == ImageFormat.Gif)
                        ShowHiddenColor(image.Pixels, GifHeader.HiddenColor(encoded));
                    return image;
                }
                image.Dispose();
                throw new InvalidDataException(result == SKCodecResult.IncompleteInput
                    ? "it is cut off"
                    : $"its data is damaged ({result})");
            }
        }
    }

    // The codec makes transparent pixels black, where Pillow keeps their colour in the palette.
    private static void ShowHiddenColor(Span<byte> pixels, ReadOnlySpan<byte> color)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            if (pixels[i + 3] == 0)
                color.CopyTo(pixels[i..]);
        }
    }
}
