using Clip.Preprocessing;

namespace Clip;

/// <summary>What became of one image of a stream: its embedding, or the reason why it has none.</summary>
public sealed record ImageEmbedding
{
    private readonly float[]? _vector;

    internal ImageEmbedding(long index, string name, float[] vector)
    {
        (Index, Name, _vector) = (index, name, vector);
    }

    internal ImageEmbedding(long index, string name, ImageDecodingException error)
    {
        (Index, Name, Error) = (index, name, error);
    }

    /// <summary>The image's place in the stream, from 0.</summary>
    public long Index { get; }

    /// <summary>The image's path, or the name its source gave it.</summary>
    public string Name { get; }

    /// <summary>Why the image could not be read; null when it was.</summary>
    public ImageDecodingException? Error { get; }

    /// <summary>The embedding, of unit length.</summary>
    /// <exception cref="ImageDecodingException">The image could not be read.</exception>
    public float[] Vector => _vector ?? throw new ImageDecodingException(Name, "it has no embedding; see the inner exception", Error);
}
