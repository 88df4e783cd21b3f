namespace Clip;

/// <summary>The embeddings of an image's places, a grid of them over what the network sees of the image.</summary>
/// <remarks><see cref="ClipModel.EmbedPlaces"/> makes it.</remarks>
public sealed class PlaceEmbeddings
{
    internal PlaceEmbeddings(int height, int width, IReadOnlyList<float[]> vectors, float[] image, SeenImage seen)
    {
        Height = height;
        Width = width;
        Vectors = vectors;
        Image = image;
        Seen = seen;
    }

    /// <summary>Rows of places.</summary>
    public int Height { get; }

    /// <summary>Places in a row.</summary>
    public int Width { get; }

    /// <summary>The embeddings of the places, row by row, each of unit length.</summary>
    public IReadOnlyList<float[]> Vectors { get; }

    /// <summary>The embedding of the whole image, of unit length.</summary>
    public float[] Image { get; }

    internal SeenImage Seen { get; }
}
