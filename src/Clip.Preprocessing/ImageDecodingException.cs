namespace Clip.Preprocessing;

/// <summary>An image cannot be read: it is damaged, cut off, of no known format, too large, or the file is not there.</summary>
public class ImageDecodingException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="sourceName">The path, or the name the caller gave to a stream or bytes.</param>
    /// <param name="problem">What is wrong; the message puts the name before it.</param>
    /// <param name="innerException">What a decoder or the file system said about it, if anything.</param>
    public ImageDecodingException(string sourceName, string problem, Exception? innerException = null)
        : base($"The image '{sourceName}' cannot be read: {problem}.", innerException)
    {
        SourceName = sourceName;
    }

    /// <summary>The path, or the name the caller gave to a stream or bytes.</summary>
    public string SourceName { get; }
}
