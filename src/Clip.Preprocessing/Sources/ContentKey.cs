using System.Globalization;
using System.Security.Cryptography;

namespace Clip.Preprocessing.Sources;

/// <summary>Keys that tell images apart.</summary>
internal static class ContentKey
{
    /// <summary>The key of bytes.</summary>
    /// <param name="kind">How they are to be read.</param>
    /// <param name="bytes">The bytes.</param>
    public static string OfBytes(string kind, ReadOnlySpan<byte> bytes) => $"{kind} {Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <summary>The key of a file: it is not read.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="ImageDecodingException">There is no such file, or it may not be looked at.</exception>
    public static string OfFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return string.Create(CultureInfo.InvariantCulture, $"file {file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ImageDecodingException(path, exception.Message.TrimEnd('.'), exception);
        }
    }
}
