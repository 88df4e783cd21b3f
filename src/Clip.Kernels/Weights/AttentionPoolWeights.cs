namespace Clip.Kernels.Weights;

/// <summary>The weights of the attention of the mean over an image to all its positions.</summary>
/// <param name="Positions">Added to the mean and the positions, [1 + P, C].</param>
/// <param name="Attention">Queries, keys and values.</param>
/// <param name="Heads">Attention heads.</param>
internal sealed record AttentionPoolWeights(Tensor Positions, SingleQueryWeights Attention, int Heads);
