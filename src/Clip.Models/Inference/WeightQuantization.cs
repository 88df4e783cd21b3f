namespace Clip.Models;

/// <summary>In how many bits <see cref="DualEncoder.PackForInference"/> holds the weights of a transformer's linear layers.</summary>
public enum WeightQuantization
{
    /// <summary>As they were loaded.</summary>
    None,

    /// <summary>
    /// 8 bits with a scale per output (7 bits on processors without VNNI, whose sums would overflow), multiplied by activations that are
    /// rounded to 8 bits with a scale per token. Attention, norms, the first convolution and the projections stay in float32.
    /// </summary>
    /// <remarks>
    /// These layers take a quarter of float32's memory. On the model that ships with the repository, with 7 bits, embeddings of 400 pictures
    /// keep a cosine of 0.9998 to float32 and choose the same of a hundred classes in all cases; other weights may lose more: measure.
    /// </remarks>
    Int8,
}
