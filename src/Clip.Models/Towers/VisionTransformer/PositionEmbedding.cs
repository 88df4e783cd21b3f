namespace Clip.Models;

/// <summary>Where a vision transformer's position embeddings come from.</summary>
public enum PositionEmbedding
{
    /// <summary>Learned, as in OpenAI's models.</summary>
    Learned,

    /// <summary>Fixed sines and cosines of the patch's column and row, as in CLIPA's models.</summary>
    SinCos2D,
}
