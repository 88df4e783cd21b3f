namespace Clip.Preprocessing.ImageSharp.Completeness;

/// <summary>Looks whether a file's data is all there: ImageSharp leaves the pixels that are missing as they are, and says nothing.</summary>
internal static class WholeData
{
    /// <summary>Requires the data of the first frame up to its end. JPEG files are looked at before they are given to a decoder.</summary>
    /// <exception cref="InvalidDataException">The data ends early, or is damaged.</exception>
    public static unsafe void Require(ReadOnlySpan<byte> encoded, ImageHeader header)
    {
        switch (header.Format)
        {
            case ImageFormat.Png:
                fixed (byte* bytes = encoded)
                    PngData.Require(bytes, encoded.Length, header);
                break;
            case ImageFormat.WebP:
                WebPData.Require(encoded);
                break;
            case ImageFormat.Gif:
                GifData.Require(encoded);
                break;
            case ImageFormat.Bmp:
                BmpData.Require(encoded, header);
                break;
        }
    }
}
