using SkiaSharp;

namespace Clip.Preprocessing.Decoding;

/// <summary>Decodes all formats with SkiaSharp's codec.</summary>
/// <remarks>
/// The codec without premultiplication and without a color space gives the stored values; <c>SKBitmap.Decode</c> would
/// multiply by opacity and lose the lowest bits.
/// </remarks>
internal sealed class SkiaImageDecoder : IStripeDecoder
{
    public string Name { get; } = $"SkiaSharp {typeof(SKCodec).Assembly.GetName().Version?.ToString(3)}";

    public bool CanDecode(ImageHeader header) => true;

    public long LargestWhole => 64 << 20;

    public long EstimateMemory(ImageHeader header, int reduction = 1) =>
        4 * DecodingPlan.Reduced(header.Width, reduction) * DecodingPlan.Reduced(header.Height, reduction) + header.BufferedBytes;

    public bool CanReadStripes(ImageHeader header, int reduction) => header.HasPlainRows;

    public unsafe DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        fixed (byte* bytes = encoded)
        {
            using var data = SKData.Create((IntPtr)bytes, encoded.Length);
            using var codec = Open(data, header);
            var hasAlpha = header.Color is SourceColor.Rgba or SourceColor.GrayAlpha;
            var info = Info(codec, reduction);
            var image = new DecodedImage(info.Width, info.Height, hasAlpha ? PixelFormat.Rgba32 : PixelFormat.Rgbx32)
            {
                IsIndexed = header.Color is SourceColor.Palette or SourceColor.Bilevel,
            };
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

    public unsafe StripeReader OpenStripes(byte* encoded, int length, ImageHeader header, int reduction)
    {
        if (header.Format == ImageFormat.Png)
            return PngStripeReader.Open(encoded, length, header);
        var data = SKData.Create((IntPtr)encoded, length);
        SKCodec? codec = null;
        try
        {
            codec = Open(data, header);
            var info = Info(codec, reduction);
            var result = codec.StartScanlineDecode(info);
            if (result != SKCodecResult.Success)
                throw new InvalidDataException($"its data is damaged ({result})");
            return new SkiaStripeReader(data, codec, info.Size);
        }
        catch
        {
            codec?.Dispose();
            data.Dispose();
            throw;
        }
    }

    private static SKCodec Open(SKData data, ImageHeader header)
    {
        var codec = SKCodec.Create(data) ?? throw new InvalidDataException("its header is damaged");
        var size = codec.Info.Size;
        if (size.Width == header.Width && size.Height == header.Height)
            return codec;
        codec.Dispose();
        throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels, its data {size.Width} x {size.Height}");
    }

    private static SKImageInfo Info(SKCodec codec, int reduction)
    {
        var size = reduction > 1 ? codec.GetScaledDimensions(1f / reduction) : codec.Info.Size;
        return new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
    }

    // The codec makes transparent pixels black, where Pillow keeps their color in the palette.
    private static void ShowHiddenColor(Span<byte> pixels, ReadOnlySpan<byte> color)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            if (pixels[i + 3] == 0)
                color.CopyTo(pixels[i..]);
        }
    }
}
