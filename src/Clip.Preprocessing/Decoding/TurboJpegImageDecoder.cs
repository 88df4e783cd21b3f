using System.Runtime.InteropServices;

namespace Clip.Preprocessing.Decoding;

/// <summary>Decodes JPEG with the system's libturbojpeg: the same pixels as libjpeg, with vector instructions.</summary>
/// <remarks>
/// It refuses files at which libturbojpeg reports anything. A warning does not tell whether rows were written: an error that follows one is reported as
/// a warning too. Nor does it read every sampling of colors. <see cref="DecoderChain"/> then asks the next decoder.
/// </remarks>
internal sealed unsafe class TurboJpegImageDecoder(TurboJpegLibrary library) : IImageDecoder
{
    // Constants of turbojpeg.h.
    private const int FormatRgbx = 2;
    private const int FormatGray = 6;
    private const int FormatCmyk = 11;
    private const int AccurateDct = 4096;
    private const int LimitScans = 32768;

    public string Name => library.Name;

    public bool CanDecode(ImageHeader header) => header.Format == ImageFormat.Jpeg;

    public long EstimateMemory(ImageHeader header, int reduction = 1)
    {
        var bytesPerPixel = header.Color == SourceColor.Gray ? 1 : 4;
        return bytesPerPixel * DecodingPlan.Reduced(header.Width, reduction) * DecodingPlan.Reduced(header.Height, reduction) + header.BufferedBytes;
    }

    public DecodedImage Decode(ReadOnlySpan<byte> encoded, ImageHeader header, int reduction = 1)
    {
        // A decompressor keeps tables of the file before, which a file without its own would then be read with.
        var decompressor = library.Create();
        if (decompressor == 0)
            throw new InvalidOperationException("libturbojpeg could not make a decompressor.");
        try
        {
            fixed (byte* bytes = encoded)
                return Decode(decompressor, bytes, new CULong((nuint)encoded.Length), header, reduction);
        }
        finally
        {
            library.Destroy(decompressor);
        }
    }

    private DecodedImage Decode(nint decompressor, byte* bytes, CULong length, ImageHeader header, int reduction)
    {
        int width, height, subsampling, colors;
        if (library.ReadHeader(decompressor, bytes, length, &width, &height, &subsampling, &colors) != 0)
            throw Damaged(decompressor);
        if (width != header.Width || height != header.Height)
            throw new InvalidDataException($"its header says {header.Width} x {header.Height} pixels, its data {width} x {height}");

        var (format, code) = header.Color switch
        {
            SourceColor.Gray => (PixelFormat.Gray8, FormatGray),
            SourceColor.Cmyk => (PixelFormat.Cmyk32, FormatCmyk),
            SourceColor.Rgb => (PixelFormat.Rgbx32, FormatRgbx),
            var color => throw new InvalidDataException($"its header says that its pixels are {color}, which JPEG does not have"),
        };
        var image = new DecodedImage((width + reduction - 1) / reduction, (height + reduction - 1) / reduction, format);
        try
        {
            fixed (byte* pixels = image.Pixels)
            {
                var flags = AccurateDct | LimitScans;
                if (library.Decompress(decompressor, bytes, length, pixels, image.Width, image.Stride, image.Height, code, flags) != 0)
                    throw Damaged(decompressor);
            }
            // Files store 255 for no ink, by Adobe's convention, which everyone follows.
            if (format == PixelFormat.Cmyk32)
                Invert(image.Pixels);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private InvalidDataException Damaged(nint decompressor) =>
        new($"its data is damaged ({Marshal.PtrToStringUTF8((nint)library.GetErrorText(decompressor))})");

    private static void Invert(Span<byte> pixels)
    {
        foreach (ref var pixel in pixels)
            pixel = (byte)~pixel;
    }
}
