using System.Diagnostics.CodeAnalysis;

namespace Clip.Shards.S3;

/// <summary>An object of a bucket, or what the keys of several begin with: <c>s3://bucket/key</c>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key, without a slash at its beginning; may be empty.</param>
public readonly record struct S3Address(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <summary>Whether a text is such an address, right or wrong, rather than a path or another one.</summary>
    /// <param name="text">The text.</param>
    public static bool Is([NotNullWhen(true)] string? text) => text?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It is none, or names no bucket.</exception>
    public static S3Address Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (bucket, key) = (text, "");
        if (Is(text))
        {
            bucket = text[Scheme.Length..];
            if (bucket.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash)
                (bucket, key) = (bucket[..slash], bucket[slash..].TrimStart('/'));
        }
        return Is(text) && bucket.Length > 0 ? new S3Address(bucket, key) : throw new ArgumentException($"'{text}' is no address like s3://bucket/key.", nameof(text));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
