namespace Clip.Models;

/// <summary>The format in which <see cref="DualEncoder.PackForInference"/> holds the weights of a transformer's linear layers.</summary>
public enum WeightQuantization
{
    /// <summary>As they were loaded.</summary>
    None,

    /// <summary>
    /// 8 bits with a scale per output, multiplied by activations that are rounded to 8 bits with a scale per token; products are summed
    /// exactly. Attention, norms, the first convolution and the projections stay in float32. Every processor computes the same linear layers, to the last bit.
    /// </summary>
    /// <remarks>
    /// These layers take a quarter of float32's memory. Quantized weights go from -64 to 64, so that processors without VNNI can sum products
    /// exactly too. In mT5's text towers queries, keys, values and the MLPs' last layers stay in float32 too, because its logits are not scaled
    /// down. On the model that ships with the repository embeddings of 400 images keep a cosine of 0.9998 to float32 and choose
    /// the same of a hundred classes in all cases; other weights may lose more: measure.
    /// </remarks>
    Int8,

    /// <summary>
    /// float16, which is widened to float32 before it is multiplied: products, sums and activations stay in float32. The weights of patches,
    /// tokens and projections are kept so too. Weights are rounded to eleven bits, which those of a float16 file have.
    /// </summary>
    /// <remarks>
    /// These weights take half of float32's memory. A weight beyond 65,504 is refused.
    /// </remarks>
    Float16,

    /// <summary>
    /// bfloat16, the upper half of float32, widened and multiplied likewise. Weights are rounded to eight bits, eight times as coarsely as by
    /// <see cref="Float16"/>, and none is beyond its range. It is meant for weights that are bfloat16 in their file.
    /// </summary>
    /// <remarks>These weights take half of float32's memory.</remarks>
    BFloat16,
}
