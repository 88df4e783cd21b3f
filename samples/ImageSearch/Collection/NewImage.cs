using System.Security.Cryptography;
using Clip.Preprocessing;

namespace ImageSearch;

/// <summary>An image that is to be added.</summary>
/// <param name="Title">What it is called; cleaned by <see cref="Titles"/>.</param>
/// <param name="Bytes">Its file.</param>
/// <param name="Header">What the file's header says.</param>
/// <param name="Vector">Its embedding.</param>
/// <param name="Thumbnail">A small image in its place, WebP; null where it is small itself.</param>
internal sealed record NewImage(string Title, ReadOnlyMemory<byte> Bytes, ImageHeader Header, ReadOnlyMemory<float> Vector, byte[]? Thumbnail)
{
    // RFC 9562, section 5.8: a UUID of version 8, of the first bits of a hash.
    private const int VersionByte = 6, VariantByte = 8, GuidBytes = 16;

    /// <summary>The key of an image.</summary>
    /// <param name="bytes">Its file.</param>
    public static Guid IdOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        hash[VersionByte] = (byte)(hash[VersionByte] & 0x0F | 0x80);
        hash[VariantByte] = (byte)(hash[VariantByte] & 0x3F | 0x80);
        return new Guid(hash[..GuidBytes], bigEndian: true);
    }

    /// <summary>Its record.</summary>
    /// <param name="added">When it is added.</param>
    public ImageRecord ToRecord(DateTimeOffset added) => new()
    {
        Id = IdOf(Bytes.Span),
        Title = Titles.Clean(Title),
        ContentType = MediaTypes.Of(Header.Format),
        Width = (int)Header.Width,
        Height = (int)Header.Height,
        Bytes = Bytes.Length,
        // Stores keep microseconds or less.
        Added = DateTimeOffset.FromUnixTimeMilliseconds(added.ToUnixTimeMilliseconds()),
        Vector = Vector,
    };
}
