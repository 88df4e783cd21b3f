namespace Clip.Preprocessing.Decoding;

/// <summary>A decoder that can hand out an image from top to bottom, so that it never is in memory as a whole.</summary>
internal unsafe interface IStripeDecoder : IImageDecoder
{
    /// <summary>Bytes up to which this decoder reads an image whole, because that is faster.</summary>
    long LargestWhole { get; }

    /// <summary>Whether such a file can be read in stripes, with the same pixels as <see cref="IImageDecoder.Decode"/>.</summary>
    bool CanReadStripes(ImageHeader header, int reduction);

    /// <summary>Opens a file.</summary>
    /// <param name="encoded">The whole file, which stays where it is until the reader is disposed.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="header">Its header; sizes have been checked against the limits.</param>
    /// <param name="reduction">As for <see cref="IImageDecoder.Decode"/>.</param>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    StripeReader OpenStripes(byte* encoded, int length, ImageHeader header, int reduction);
}
