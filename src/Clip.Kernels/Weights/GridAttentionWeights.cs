namespace Clip.Kernels.Weights;

/// <summary>Attention of all positions of an image to each other, whose result is added to what went in; gains of the branch are in the last layer.</summary>
/// <param name="Norm">Gain and bias of a layer norm over the channels, [C] each; null where the norm is in the first layer.</param>
/// <param name="NormEpsilon">What it adds to the variance.</param>
/// <param name="InputWeight">Queries, keys and values, [3 C, C].</param>
/// <param name="InputBias">[3 C], or null.</param>
/// <param name="OutputWeight">[C, C].</param>
/// <param name="OutputBias">[C].</param>
/// <param name="Heads">Attention heads.</param>
internal sealed record GridAttentionWeights(
    (Tensor Weight, Tensor Bias)? Norm, double NormEpsilon, Tensor InputWeight, Tensor? InputBias, Tensor OutputWeight, Tensor OutputBias, int Heads);
